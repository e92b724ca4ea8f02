using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Mainstay.Edge.Listening;

/// <summary>The endpoint of <see cref="PriorKnowledge"/>: nobody ever arrives here.</summary>
internal sealed class NoListener(EndPoint endPoint) : IConnectionListener
{
    private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndPoint EndPoint => endPoint;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_unbound.Task);

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.TrySetResult(null);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);

    /// <summary>Its address.</summary>
    public sealed class Nowhere : EndPoint
    {
        public override string ToString() => "nowhere";
    }
}
