using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Asks after everything that the services need and Mainstay does not run, one loop for each.</summary>
internal sealed class ExternalWatch(RunnerContext context, Action changed) : IAsyncDisposable
{
    /// <summary>While it is missing, services wait for it: it is asked after at least this often.</summary>
    private static readonly TimeSpan WhileMissing = TimeSpan.FromSeconds(1);

    private readonly BackgroundTasks _background = new(context.Logger);
    private readonly Dictionary<ServiceName, (ExternalSpec Spec, CancellationTokenSource Over)> _watched = [];
    private ImmutableSortedDictionary<ServiceName, ExternalStatus> _status = ImmutableSortedDictionary<ServiceName, ExternalStatus>.Empty;

    public ImmutableSortedDictionary<ServiceName, ExternalStatus> Status => Volatile.Read(ref _status);

    /// <summary>Watches these and no others. What is unchanged keeps what is known of it.</summary>
    public void Watch(ImmutableArray<ExternalSpec> externals)
    {
        foreach (var (name, watched) in _watched.Where(w => !externals.Contains(w.Value.Spec)).ToList())
        {
            watched.Over.Cancel();
            _watched.Remove(name);
            ImmutableInterlocked.Update(ref _status, status => status.Remove(name));
        }

        foreach (var external in externals.Where(e => !_watched.ContainsKey(e.Name)))
        {
            var over = new CancellationTokenSource();
            _watched[external.Name] = (external, over);
            ImmutableInterlocked.Update(ref _status, status => status.SetItem(external.Name, new(external.Name, Health.Unknown, "was not asked yet")));
            _background.Add(WatchAsync(external, over));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Watch([]);
        await _background.EndedAsync();
    }

    private async Task WatchAsync(ExternalSpec external, CancellationTokenSource over)
    {
        using (over)
        {
            try
            {
                while (!over.IsCancellationRequested)
                {
                    var result = await context.Ports.Externals.ProbeAsync(external, over.Token);
                    Learn(external, result, over.Token);
                    var missing = !result.Passed && WhileMissing < external.Interval;
                    await Task.Delay(missing ? WhileMissing : external.Interval, context.Ports.Time, over.Token);
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
            }
        }
    }

    private void Learn(ExternalSpec external, ProbeResult result, CancellationToken over)
    {
        var health = result.Outcome switch
        {
            ProbeOutcome.Passed => Health.Healthy,
            ProbeOutcome.Degraded => Health.Degraded,
            ProbeOutcome.Refused or ProbeOutcome.TimedOut or ProbeOutcome.WrongStatus or ProbeOutcome.Redirected or ProbeOutcome.WrongBody
                or ProbeOutcome.CommandFailed or ProbeOutcome.Broken => Health.Unhealthy,
        };
        var news = new ExternalStatus(external.Name, health, result.Detail);
        if (over.IsCancellationRequested || Status.GetValueOrDefault(external.Name) == news)
        {
            return;
        }

        var moved = Status.GetValueOrDefault(external.Name)?.Health != health;
        ImmutableInterlocked.Update(ref _status, status => status.SetItem(external.Name, news));
        if (moved)
        {
            context.Logger.ExternalMoved(external.Name.Value, health, result.Detail);
            context.Ledger.Save(new([], [], [context.Ledger.Event($"external.{Words.Of(health)}", external.Name.Value, null, result.Detail)]));
        }

        changed();
    }
}
