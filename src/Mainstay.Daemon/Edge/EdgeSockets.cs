using System.Collections.Immutable;
using System.Net;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Sockets;
using Mainstay.Spec.Model;

namespace Mainstay.Daemon.Edge;

/// <summary>The edge's listening sockets. The daemon binds and keeps them for as long as they are wanted, so that a worker's death refuses no connection.</summary>
internal sealed class EdgeSockets : IDisposable
{
    private const int Backlog = 4096;

    private readonly SortedDictionary<string, Descriptor> _sockets = new(StringComparer.Ordinal);

    public ImmutableArray<string> Addresses => [.. _sockets.Keys];

    public ImmutableArray<(string Address, int Descriptor)> Descriptors =>
        [.. _sockets.Select(s => (s.Key, s.Value.Number))];

    /// <summary>Binds what is not bound yet, all or nothing. The address that could not be bound, and why, comes back.</summary>
    public (ListenSpec Listen, string Reason)? Bind(ImmutableArray<ListenSpec> wanted)
    {
        var bound = new List<(string Address, Descriptor Socket)>();
        foreach (var listen in wanted.Where(l => !_sockets.ContainsKey(l.ToString())))
        {
            try
            {
                bound.Add((listen.ToString(), ListenSockets.Bind(IPAddress.Parse(listen.Address), listen.Port, Backlog)));
            }
            catch (LinuxException e)
            {
                bound.ForEach(b => b.Socket.Dispose());
                return (listen, e.Message);
            }
        }

        foreach (var (address, socket) in bound)
        {
            _sockets[address] = socket;
        }

        return null;
    }

    public void Take(string address, Descriptor socket)
    {
        if (!_sockets.TryAdd(address, socket))
        {
            socket.Dispose();
        }
    }

    /// <summary>Closes our copy of what is not wanted any more. True when there was any.</summary>
    public bool CloseAllBut(ImmutableArray<ListenSpec> wanted)
    {
        var keep = wanted.Select(l => l.ToString()).ToHashSet(StringComparer.Ordinal);
        var gone = _sockets.Keys.Where(a => !keep.Contains(a)).ToArray();
        foreach (var address in gone)
        {
            _sockets.Remove(address, out var socket);
            socket?.Dispose();
        }

        return gone.Length > 0;
    }

    public void Dispose() => CloseAllBut([]);
}
