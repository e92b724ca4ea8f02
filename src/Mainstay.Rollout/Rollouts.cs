using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Planning;

namespace Mainstay.Rollout;

/// <summary>The rollouts of a home: one under way at most, and all that were. The daemon composes it from its ports.</summary>
public sealed class Rollouts : IAsyncDisposable
{
    private readonly RolloutSurroundings _around;
    private readonly Aftermath _aftermath;
    private readonly Lock _gate = new();
    private string? _claimedBy;
    private RolloutLoop? _loop;
    private Task _ending = Task.CompletedTask;

    internal Rollouts(RolloutSurroundings around, Aftermath aftermath) => (_around, _aftermath) = (around, aftermath);

    /// <summary>The rollout under way; null when there is none.</summary>
    public RolloutRecord? Active => _loop is { Record: { HasEnded: false } record } ? record : null;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RolloutRecord> All() => [.. _around.Book.All.Reverse()];

    public RolloutMaterial? MaterialOf(long number) => _around.Book.MaterialOf(number);

    public long NextNumber => _around.Book.NextNumber;

    /// <summary>
    /// Goes on with the rollout that the daemon before left under way. Call once, after the supervisor has found its processes again.
    /// Throws <see cref="JournalException"/> when the journal cannot be understood.
    /// </summary>
    public void Recover()
    {
        _around.Book.Open();
        if (_around.Book.All.All(r => r.HasEnded))
        {
            _ending = _aftermath.SettleAsync();
        }

        foreach (var left in _around.Book.All.Where(r => !r.HasEnded))
        {
            if (_around.Book.MaterialOf(left.Number) is { } material)
            {
                _around.Logger.RolloutTakenOver(left.Number, left.Phase.ToString());
                Walk(left, material, _ => { });
            }
        }
    }

    /// <summary>Nobody else may plan or begin a rollout until the claim is given back; null, and who has it, when somebody does.</summary>
    public IDisposable? Claim(string by, out string holder)
    {
        lock (_gate)
        {
            holder = Active is { } active ? $"rollout {active.Number} of {active.By} is under way: {active.Because}" : _claimedBy is { } other ? $"{other} is planning a rollout" : "";
            if (holder.Length > 0)
            {
                return null;
            }

            _claimedBy = by;
            return new Given(this);
        }
    }

    /// <summary>Journals the plan and walks it; completes at its end. The caller holds the claim.</summary>
    /// <param name="progress">Must not block.</param>
    public async Task<RolloutRecord> RunAsync(RolloutRecord plan, RolloutMaterial material, Action<OperationStep> progress)
    {
        _around.Book.Begin(plan, material);
        var loop = Walk(plan, material, progress);
        await _ending;
        return await loop.Ended;
    }

    /// <summary>Listens to the rollout under way until it ends; null when there is none.</summary>
    public async Task<RolloutRecord?> FollowAsync(Action<OperationStep> progress)
    {
        if (_loop is not { Record.HasEnded: false } loop)
        {
            return null;
        }

        loop.Listen(progress);
        return await loop.Ended;
    }

    /// <summary>Pauses, resumes or aborts the rollout under way; false when there is none.</summary>
    public bool Wish(RolloutWish wish, string by)
    {
        if (_loop is not { Record.HasEnded: false } loop)
        {
            return false;
        }

        loop.Post(wish switch
        {
            RolloutWish.Go => new(RolloutEventKind.ResumeAsked, $"{by} let it go on"),
            RolloutWish.Pause => new(RolloutEventKind.PauseAsked, $"{by} asked for a pause"),
            RolloutWish.Abort => new(RolloutEventKind.AbortAsked, $"{by} asked to abort"),
        });
        return true;
    }

    /// <summary>Completes when no rollout is under way.</summary>
    public Task IdleAsync() => _loop?.Ended ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_loop is { } loop)
        {
            await loop.DisposeAsync();
        }

        await _ending;
    }

    private RolloutLoop Walk(RolloutRecord record, RolloutMaterial material, Action<OperationStep> progress)
    {
        var loop = new RolloutLoop(record, material, _around);
        loop.Listen(progress);
        _loop = loop;
        loop.Start();
        _ending = EndAsync(loop, material);
        return loop;
    }

    /// <summary>What a rollout leaves to do is done before anybody hears of its end; a fault in it changes nothing about how it ended.</summary>
    private async Task EndAsync(RolloutLoop loop, RolloutMaterial material)
    {
        try
        {
            var record = await loop.Ended;
            await _aftermath.RunAsync(record, material);
        }
        catch (OperationCanceledException)
        {
            // The daemon goes away; the next one finds the rollout in the journal.
        }
        catch (Exception fault)
        {
            _around.Logger.AftermathFailed(fault, loop.Record.Number, fault.Message);
        }
    }

    private sealed class Given(Rollouts rollouts) : IDisposable
    {
        public void Dispose()
        {
            lock (rollouts._gate)
            {
                rollouts._claimedBy = null;
            }
        }
    }
}
