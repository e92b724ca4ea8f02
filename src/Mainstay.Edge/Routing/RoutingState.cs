using Mainstay.Edge.Answers;
using Mainstay.Edge.Headers;

namespace Mainstay.Edge.Routing;

/// <summary>Everything a request is decided by; built whole from one snapshot and swapped whole.</summary>
internal sealed class RoutingState(long version, RouteTable table, Route[] routes, TrustedProxies trusted, ErrorPages pages, TimeSpan webSocketDrain)
{
    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Version { get; } = version;

    public TrustedProxies Trusted { get; } = trusted;

    public ErrorPages Pages { get; } = pages;

    public TimeSpan WebSocketDrain { get; } = webSocketDrain;

    /// <summary>Completes when a newer snapshot is in force.</summary>
    public Task Superseded => _superseded.Task;

    public Route? Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path)
    {
        var index = table.Find(host, path);
        return index < 0 ? null : routes[index];
    }

    public void MarkSuperseded() => _superseded.TrySetResult();
}
