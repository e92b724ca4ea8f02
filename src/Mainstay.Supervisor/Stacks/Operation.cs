using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Stacks;

/// <summary>An act of a user on its way: what it changes, what it waits for, and whom it tells.</summary>
/// <param name="verb">As the user typed it; begins the summary.</param>
/// <param name="change">The records after, from the records before and the operation's number.</param>
/// <param name="progress">Must not block; it is called from many loops, never twice at once.</param>
internal sealed class Operation(string verb, Func<StackState, long, StackChange> change, Action<OperationStep> progress)
{
    private readonly Lock _telling = new();
    private readonly TaskCompletionSource<OperationResult> _ended = new();

    public string Verb { get; } = verb;

    public Func<StackState, long, StackChange> Change { get; } = change;

    public long Number { get; set; }

    public ImmutableArray<ServiceName> Targets { get; set; } = [];

    /// <summary>The journal could not be written, so nothing was done.</summary>
    public bool WasNotWritten { get; set; }

    /// <summary>On the steady clock.</summary>
    public TimeSpan StartedAt { get; set; }

    public Task<OperationResult> Ended => _ended.Task;

    public void Tell(OperationStep step)
    {
        lock (_telling)
        {
            progress(step);
        }
    }

    /// <summary>The asker goes on from inside this call: it is made from no loop that others wait for.</summary>
    public void End(OperationResult result) => _ended.TrySetResult(result);

    public async Task EndAsync(OperationResult result)
    {
        await Task.Yield();
        End(result);
    }
}
