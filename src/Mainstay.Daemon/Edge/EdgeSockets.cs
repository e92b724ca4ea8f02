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

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Descriptor> _sockets = new(StringComparer.Ordinal);

    public ImmutableArray<string> Addresses
    {
        get
        {
            lock (_gate)
            {
                return [.. _sockets.Keys];
            }
        }
    }

    /// <summary>Nothing is closed while <paramref name="use"/> runs: a number that was closed may be another file already.</summary>
    public T Lend<T>(Func<ImmutableArray<(string Address, int Descriptor)>, T> use)
    {
        lock (_gate)
        {
            return use([.. _sockets.Select(s => (s.Key, s.Value.Number))]);
        }
    }

    /// <summary>Binds what is not bound yet, all or nothing. The address that could not be bound, and why, comes back.</summary>
    public (ListenSpec Listen, string Reason)? Bind(ImmutableArray<ListenSpec> wanted)
    {
        lock (_gate)
        {
            return BindMissing(wanted);
        }
    }

    public void Take(string address, Descriptor socket)
    {
        lock (_gate)
        {
            if (!_sockets.TryAdd(address, socket))
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Closes our copy of what is not wanted any more.</summary>
    public void CloseAllBut(ImmutableArray<ListenSpec> wanted)
    {
        var keep = wanted.Select(l => l.ToString()).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var address in _sockets.Keys.Where(a => !keep.Contains(a)).ToArray())
            {
                _sockets.Remove(address, out var socket);
                socket?.Dispose();
            }
        }
    }

    public void Dispose() => CloseAllBut([]);

    private (ListenSpec Listen, string Reason)? BindMissing(ImmutableArray<ListenSpec> wanted)
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
}
