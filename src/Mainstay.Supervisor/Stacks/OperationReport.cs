using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Where one service had arrived when its operation ended.</summary>
internal sealed record Arrival(ServiceName Name, ServiceVerdict Verdict, ServiceRecord? Record, ServiceSeen Seen, Task<FailureFacts>? ReloadFailure, Task<FailureFacts>? InstanceFailure);

/// <summary>What the user is told at the end of an operation.</summary>
internal static class OperationReport
{
    public static async Task<OperationResult> OfAsync(Operation operation, ImmutableArray<Arrival> arrivals, Func<FailureFacts, FailureReport> explain)
    {
        var failures = ImmutableArray.CreateBuilder<FailureReport>();
        foreach (var arrival in arrivals.Where(a => a.Verdict.Kind is VerdictKind.Failed or VerdictKind.Going))
        {
            failures.Add(explain(await FactsAsync(arrival)));
        }

        return arrivals.All(a => a.Verdict.Kind is VerdictKind.Done)
            ? new(ExitCode.Done, Success(operation, arrivals), [], [])
            : new(ExitCode.Failed, Failure(arrivals), [], failures.ToImmutable());
    }

    private static async Task<FailureFacts> FactsAsync(Arrival arrival)
    {
        var gathering = arrival.Record?.Setback is not null && arrival.Verdict.Lane is null ? arrival.ReloadFailure : arrival.InstanceFailure;
        var facts = gathering is not null ? await gathering : Bare(arrival);
        return facts with { Kept = Kept(arrival) };
    }

    /// <summary>Nothing was gathered: either no process was ever made, or the daemon that saw the failure is gone.</summary>
    private static FailureFacts Bare(Arrival arrival)
    {
        var spec = arrival.Record!.Spec;
        var waits = arrival.Verdict.Lane?.State.Phase is InstancePhase.Waiting;
        return new(
            arrival.Name,
            arrival.Verdict.Lane is { } lane ? string.Create(CultureInfo.InvariantCulture, $"{arrival.Name}-{lane.Lane.Index + 1}") : null,
            waits ? FailureKind.DependencyMissing : FailureKind.ExitedBeforeReady,
            arrival.Verdict.Because,
            spec,
            ExpectedPort: spec.Port.Kind is PortKind.Fixed ? spec.Port.Number : null,
            Listening: null,
            PortHolder: null,
            Exit: null,
            Spawn: null,
            Uptime: TimeSpan.Zero,
            StartDeadline: TimeSpan.Zero,
            Starts: arrival.Verdict.Lane?.State.FailedStarts ?? 0,
            Probes: [],
            ProbesLeftOut: 0,
            LastLines: [],
            EnvironmentNames: [],
            Waiting: waits ? [arrival.Verdict.Because] : [],
            Kept: null);
    }

    private static string? Kept(Arrival arrival)
    {
        if (arrival.Record?.Setback is null)
        {
            return null;
        }

        var serving = arrival.Seen.Lanes.Count(l => l.Lane.Role is LaneRole.Current && l.IsGood);
        return serving > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{serving} of {arrival.Record.Count} instances of the release from before serve on ({arrival.Record.Wanted.Name})")
            : null;
    }

    private static string Success(Operation operation, ImmutableArray<Arrival> arrivals)
    {
        var up = arrivals.Count(a => a.Record is { Wish: ServiceWish.Up });
        var down = arrivals.Length - up;
        var parts = new[] { up > 0 ? $"{Count(up, "service")} ready" : null, down > 0 ? $"{Count(down, "service")} stopped" : null }.Where(p => p is not null);
        return arrivals.IsEmpty ? $"{operation.Verb}: nothing to do" : string.Join(", ", parts);
    }

    private static string Failure(ImmutableArray<Arrival> arrivals) => string.Join("; ", arrivals
        .Where(a => a.Verdict.Kind is not VerdictKind.Done)
        .OrderBy(a => a.Verdict.Kind is VerdictKind.Skipped)
        .Take(5)
        .Select(Sentence));

    private static string Sentence(Arrival arrival) => arrival.Verdict.Kind switch
    {
        VerdictKind.Skipped => $"{arrival.Name} was not touched: {arrival.Verdict.Because}",
        VerdictKind.Failed when arrival.Record?.Setback is not null && arrival.Verdict.Lane is null => $"{arrival.Name} was not replaced: {arrival.Verdict.Because}",
        VerdictKind.Failed => $"{arrival.Name} did not become ready: {arrival.Verdict.Because}",
        VerdictKind.Going => $"{arrival.Name} is not there yet: {arrival.Verdict.Because}",
        VerdictKind.Done => $"{arrival.Name} is ready",
    };

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
