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
    private readonly CancellationTokenSource _closing = new();
    private RolloutLoop? _loop;
    private Task _ending = Task.CompletedTask;

    internal Rollouts(RolloutSurroundings around, Aftermath aftermath) => (_around, _aftermath) = (around, aftermath);

    public ChangeTurns Turns { get; } = new();

    /// <summary>The rollout under way; null when there is none.</summary>
    public RolloutRecord? Active => _loop is { Record: { HasEnded: false } record } ? record : null;

    /// <summary>Why the rollout under way stands still; null when there is none, or while it goes.</summary>
    public string? Waits => _loop is { Record.HasEnded: false, Waits: { } why } ? $"waits: {why}" : null;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RolloutRecord> All() => [.. _around.Book.All.Reverse()];

    public RolloutMaterial? MaterialOf(long number) => _around.Book.MaterialOf(number);

    public long NextNumber => _around.Book.NextNumber;

    /// <summary>
    /// Goes on with the rollout that the daemon before left under way, or with what it left to do after its last one. Call once, after the supervisor
    /// has found its processes again. Throws <see cref="JournalException"/> when the journal cannot be understood.
    /// </summary>
    public void Recover()
    {
        _around.Book.Open();
        if (_around.Book.All.LastOrDefault() is not { } last)
        {
            return;
        }

        var turn = Turns.TakeAlone(Words(last), out _)!;
        if (_around.Book.MaterialOf(last.Number) is not { } material)
        {
            if (!last.HasEnded)
            {
                _around.Logger.RolloutLost(last.Number);
                _around.Book.Save(last with { Phase = RolloutPhase.Broken, EndedAt = _around.Time.GetUtcNow(), Because = "what it worked with is no longer in the journal, so it cannot go on" }, isNews: true, _around.Time.GetUtcNow());
            }

            turn.Dispose();
            return;
        }

        if (last.HasEnded)
        {
            _ending = EndAsync(Task.FromResult(last), last, material, turn);
            return;
        }

        _around.Logger.RolloutTakenOver(last.Number, last.Phase.ToString());
        Empty(last, material);
        Start(_loop = new(last, material, _around), material, turn);
    }

    /// <summary>Nobody else may plan or begin a rollout or change services until the turn is given back; null, and who has it, when somebody does.</summary>
    public IDisposable? Claim(string by, out string holder)
    {
        var turn = Turns.TakeAlone($"a rollout of {by} is being planned", out holder);
        holder = Named(holder);
        return turn;
    }

    /// <summary>Who has the turn, said as exactly as it is known: a rollout that has begun has a number.</summary>
    public string Named(string holder) => holder.Length > 0 && Active is { } active ? $"{Words(active)}{(Waits is { } why ? $"; it {why}" : "")}" : holder;

    /// <summary>Journals the plan and walks it; completes at its end, with null when everything is being stopped. The caller holds the claim.</summary>
    /// <param name="progress">Must not block.</param>
    public async Task<RolloutRecord?> RunAsync(RolloutRecord plan, RolloutMaterial material, Action<OperationStep> progress)
    {
        // Read before the first step, and written down with it: a daemon that takes over in that step counts from here, too.
        var loop = new RolloutLoop(plan = plan with { Counted = await _around.Traffic.ReadAsync(plan, _closing.Token) }, material, _around);
        if (!Turns.TryBegin(() =>
        {
            _around.Book.Begin(plan, material);
            _loop = loop;
        }))
        {
            return null;
        }

        loop.Listen(progress);
        Start(loop, material, turn: null);
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

        using var listening = loop.Listen(progress);
        return await loop.Ended;
    }

    /// <summary>Pauses, resumes or aborts the rollout under way. Null when it was told; else why that is not possible.</summary>
    public string? Wish(RolloutWish wish, string by)
    {
        if (_loop is not { Record: { HasEnded: false } record } loop)
        {
            return "no rollout is under way";
        }

        if (record.Phase is RolloutPhase.Undoing)
        {
            return FormattableString.Invariant($"rollout {record.Number} is on its way back already; nothing pauses or aborts that");
        }

        if (record.Wish is RolloutWish.Abort && wish is not RolloutWish.Abort)
        {
            return FormattableString.Invariant($"rollout {record.Number} is being aborted; nothing pauses that");
        }

        return loop.Wish(wish switch
        {
            RolloutWish.Go => new(RolloutEventKind.ResumeAsked, $"{by} let it go on"),
            RolloutWish.Pause => new(RolloutEventKind.PauseAsked, $"{by} asked for a pause"),
            RolloutWish.Abort => new(RolloutEventKind.AbortAsked, $"{by} asked to abort"),
        })
            ? null
            : FormattableString.Invariant($"rollout {record.Number} has more wishes waiting than it can hear; ask again");
    }

    /// <summary>Completes when no rollout is under way and none has left anything to do.</summary>
    public Task IdleAsync() => _ending;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_loop is { } loop)
        {
            await loop.DisposeAsync();
        }

        await _ending;
        _closing.Dispose();
    }

    /// <summary>Half a release is no start: its steps begin again from empty. So it goes before anything is written, for it may be what has filled the disk.</summary>
    private void Empty(RolloutRecord rollout, RolloutMaterial material)
    {
        if (rollout is not { Phase: RolloutPhase.Preparing, Current: { State: StepState.Going, Kind: StepKind.Fetch or StepKind.Build or StepKind.Artifacts } })
        {
            return;
        }

        try
        {
            _around.Discard?.Invoke(material);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _around.Logger.RolloutKeepsUnfinished(rollout.Number, e.Message);
        }
    }

    private static string Words(RolloutRecord rollout) =>
        FormattableString.Invariant($"rollout {rollout.Number} of {rollout.By} is under way: {rollout.Because}");

    /// <param name="turn">Given back when everything is done; null when the caller does that.</param>
    private void Start(RolloutLoop loop, RolloutMaterial material, IDisposable? turn)
    {
        loop.Start();
        _ending = EndAsync(loop.Ended, loop.Record, material, turn);
    }

    /// <summary>What a rollout leaves to do is done before anybody hears of its end; a fault in it changes nothing about how it ended.</summary>
    private async Task EndAsync(Task<RolloutRecord> ended, RolloutRecord rollout, RolloutMaterial material, IDisposable? turn)
    {
        try
        {
            await _aftermath.RunAsync(await ended, material, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The daemon goes away; the next one finds in the journal what is left to do.
        }
        catch (Exception fault)
        {
            _around.Logger.AftermathFailed(fault, rollout.Number, fault.Message);
        }
        finally
        {
            turn?.Dispose();
        }
    }
}
