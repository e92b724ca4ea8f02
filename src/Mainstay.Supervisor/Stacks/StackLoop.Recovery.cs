using System.Collections.Immutable;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Taking over what an earlier daemon left.</summary>
internal sealed partial class StackLoop
{
    private const string StackKey = "stack";

    /// <summary>Reads the journal, finds every process again, and begins to work. Call once, first.</summary>
    public async Task RecoverAsync(Remembered memory, CancellationToken token)
    {
        var began = _context.Ports.Time.GetTimestamp();
        _stack = memory.Stack;
        foreach (var record in memory.Services)
        {
            _actors[record.Name] = new(record, _context);
        }

        var runners = new List<InstanceRunner>();
        Surround(start: actor =>
        {
            foreach (var lane in actor.Record.Lanes)
            {
                runners.Add(actor.Add(lane, memory.Find(lane.Key, _context.Clock.IsNewBoot), _surroundings));
            }
        });

        // Side by side, each as far as it can: a process that needs a search through /proc holds up nobody else.
        var found = await Task.WhenAll(runners.Select(r => r.AdoptAsync())).WaitAsync(token);
        _context.Ledger.Save(new([_context.Clock.Record(_context.Options.BootId)], memory.Strays(), []));

        // Before any runner starts, so that no pipe of a new run is there yet; that it is done, nobody needs to wait for.
        _background.Add(SweepAsync([.. runners.Select(r => r.Run?.Id).OfType<string>()]));
        runners.ForEach(r => r.Start());
        var alive = found.Count(f => f);
        var took = _context.Ports.Time.GetElapsedTime(began);
        _context.Logger.TookOver(_actors.Count, alive, took);
        Settle();
        _loop = RunAsync();
    }

    private async Task SweepAsync(ImmutableHashSet<string> running)
    {
        try
        {
            await _context.Ports.Logs.SweepAsync(running, _closing.Token);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }
}
