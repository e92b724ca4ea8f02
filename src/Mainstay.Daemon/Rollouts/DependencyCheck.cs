using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Daemon.Rollouts;

/// <summary>Whether what the services need and Mainstay does not run answers now: a rollout onto a missing database ends in a rollback that could have been foreseen.</summary>
internal sealed class DependencyCheck(IExternalProber prober, TimeProvider clock)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <param name="only">The services to be rolled; empty means all.</param>
    public async Task<ImmutableArray<Problem>> RunAsync(StackSpec stack, ImmutableArray<ServiceName> only)
    {
        var needed = stack.Services
            .Where(s => only.IsDefaultOrEmpty || only.Contains(s.Name))
            .SelectMany(s => s.DependsOn.Select(d => (Service: s.Name, d.On)))
            .ToLookup(d => d.On, d => d.Service);
        var asked = await Task.WhenAll(stack.External.Where(e => needed.Contains(e.Name)).Select(async e => (External: e, Result: await AskAsync(e))));
        return
        [
            .. asked.Where(a => !a.Result.Passed).Select(a => RolloutCodes.DependencyDown.Error(
                new Where(stack.File, a.External.Span.Line, a.External.Span.Column, a.External.Span.Path),
                $"\"{a.External.Name}\" ({a.External.Tcp ?? a.External.Http?.ToString()}) does not answer, and {string.Join(", ", needed[a.External.Name].Distinct())} {(needed[a.External.Name].Distinct().Count() == 1 ? "needs" : "need")} it: {a.Result.Detail}",
                $"start {a.External.Name}, or correct its address")),
        ];
    }

    private async Task<ProbeResult> AskAsync(ExternalSpec external)
    {
        var first = await prober.ProbeAsync(external, CancellationToken.None);
        if (first.Passed)
        {
            return first;
        }

        await Task.Delay(Again, clock);
        return await prober.ProbeAsync(external, CancellationToken.None);
    }
}
