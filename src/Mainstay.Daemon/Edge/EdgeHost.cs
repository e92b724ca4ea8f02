using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>The edge as the rest of the daemon sees it: brings it to what a stack declares, replaces it, takes it down.</summary>
internal sealed class EdgeHost(EdgeKeeper keeper, EdgeSockets sockets, EdgeTraffic traffic, IJournal journal, TimeProvider clock, ILogger<EdgeHost> logger) : IDisposable
{
    private static readonly TimeSpan ListenAgain = TimeSpan.FromSeconds(2);

    private CancellationTokenSource _superseded = new();

    public EdgeStatus Status() => keeper.Status();

    /// <summary>After the supervisor knows every instance again: sends the first snapshot, and starts a worker when one is wanted and none was found.</summary>
    public async Task RecoverAsync(StackSpec? stack, CancellationToken token)
    {
        keeper.WsDrain = stack?.Edge.WsDrain ?? keeper.WsDrain;
        await traffic.UseAsync(stack, token);
        await traffic.OpenAsync(token);
        if (stack is null || !EdgeWish.Read(journal))
        {
            // A worker that an interrupted `down` has left is not wanted any more.
            keeper.Want(false);
            return;
        }

        if (TryListen(stack))
        {
            keeper.Want(!stack.Edge.Listen.IsEmpty);
        }
        else
        {
            _ = ListenLaterAsync(stack, _superseded.Token);
        }
    }

    /// <summary>Binds what the stack declares and is not bound yet. Nothing else has happened when this returns a problem.</summary>
    public Problem? Reserve(StackSpec stack)
    {
        if (sockets.Bind(stack.Edge.Listen) is not { } failed)
        {
            return null;
        }

        var (listen, reason) = failed;
        return new Problem(
            EdgeCodes.CannotListen.Id,
            Severity.Error,
            new Where(stack.File, listen.Span.Line, listen.Span.Column, listen.Span.Path),
            $"the edge cannot listen on {listen}: {reason}",
            $"free port {listen.Port}, or let the edge listen on another one");
    }

    /// <summary>Starts, replaces or ends the worker so that it serves the stack's addresses and routes. False when no worker came to serve.</summary>
    public async Task<bool> ServeAsync(StackSpec stack, Action<OperationStep> progress, Func<string, OperationStep> step, CancellationToken token)
    {
        Supersede();
        keeper.WsDrain = stack.Edge.WsDrain;
        await traffic.UseAsync(stack, token);
        EdgeWish.Write(journal, !stack.Edge.Listen.IsEmpty);
        if (stack.Edge.Listen.IsEmpty)
        {
            keeper.Want(false);
            await keeper.GoneAsync();
            sockets.CloseAllBut([]);
            return true;
        }

        var wanted = stack.Edge.Listen.Select(l => l.ToString()).ToImmutableSortedSet(StringComparer.Ordinal);
        var serves = keeper.State.Phase is EdgePhase.Running or EdgePhase.Replacing;
        if (serves && !wanted.SetEquals(keeper.ServedAddresses))
        {
            progress(step("edge: a new worker takes over, with the new addresses"));
            var replaced = await keeper.ReplaceAsync();
            sockets.CloseAllBut(stack.Edge.Listen);
            return replaced;
        }

        sockets.CloseAllBut(stack.Edge.Listen);
        keeper.Want(true);
        var serving = await keeper.ServingAsync();
        if (!serves)
        {
            progress(step(serving ? $"edge serves on {string.Join(", ", wanted)}" : "edge does not come up; it is tried again in the background"));
        }

        return serving;
    }

    public Task<bool> ReplaceAsync() => keeper.ReplaceAsync();

    public bool Wanted => keeper.State.Phase is not EdgePhase.Absent;

    public async Task DownAsync()
    {
        Supersede();
        EdgeWish.Write(journal, false);
        keeper.Want(false);
        await keeper.GoneAsync();
        sockets.CloseAllBut([]);
    }

    public void Dispose()
    {
        _superseded.Cancel();
        _superseded.Dispose();
    }

    private bool TryListen(StackSpec stack)
    {
        if (sockets.Bind(stack.Edge.Listen) is not { } failed)
        {
            return true;
        }

        logger.EdgeCannotListen(failed.Listen.ToString(), failed.Reason);
        return false;
    }

    /// <summary>Nobody is there to be told at recovery: whoever took the port meanwhile may leave it again, and the log says who waits.</summary>
    private async Task ListenLaterAsync(StackSpec stack, CancellationToken superseded)
    {
        try
        {
            do
            {
                await Task.Delay(ListenAgain, clock, superseded);
            }
            while (!TryListen(stack));
            keeper.Want(true);
        }
        catch (OperationCanceledException)
        {
            // Another manifest, or the end.
        }
    }

    private void Supersede()
    {
        _superseded.Cancel();
        _superseded.Dispose();
        _superseded = new();
    }
}
