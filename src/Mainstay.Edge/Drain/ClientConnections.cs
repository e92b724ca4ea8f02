using Microsoft.AspNetCore.Connections;

namespace Mainstay.Edge.Drain;

/// <summary>The open connections of a worker, so that a drain can speak to each.</summary>
internal sealed class ClientConnections
{
    private readonly Lock _lock = new();
    private readonly HashSet<ClientConnection> _open = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    public ClientConnection[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _open];
        }
    }

    /// <summary>Runs around every connection's life.</summary>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new ClientConnection(context);
        context.Features.Set(connection);
        lock (_lock)
        {
            _open.Add(connection);
        }

        try
        {
            await next(context);
        }
        finally
        {
            lock (_lock)
            {
                _open.Remove(connection);
            }
        }
    }
}
