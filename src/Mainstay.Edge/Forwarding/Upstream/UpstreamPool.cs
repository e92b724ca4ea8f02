using System.Net;
using System.Net.Sockets;

namespace Mainstay.Edge.Forwarding.Upstream;

/// <summary>The connections to one instance. The last one returned is the first one taken, so that a quiet instance keeps few.</summary>
internal sealed class UpstreamPool(IPEndPoint endPoint, EdgeLimits limits, TimeProvider time) : IDisposable
{
    // Below this idle time a look at the socket costs more than the retry it could save.
    private static readonly TimeSpan SurelyAlive = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<UpstreamConnection> _all = [];
    private readonly List<UpstreamConnection> _idle = [];
    private readonly long _maxIdle = Ticks(limits.UpstreamIdle, time);
    private readonly long _maxIdleUnrepeatable = Ticks(limits.UpstreamIdleUnrepeatable, time);
    private readonly long _surelyAlive = Ticks(SurelyAlive, time);
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>An idle connection that is believed alive, or null.</summary>
    /// <param name="repeatable">False for a request that must not be sent twice: then the connection is younger and has been looked at.</param>
    public UpstreamConnection? TryTake(bool repeatable)
    {
        var now = time.GetTimestamp();
        while (Pop() is { } connection)
        {
            var idle = now - connection.IdleSince;
            var tooOld = idle >= (repeatable ? MaxIdle(connection) : Math.Min(_maxIdleUnrepeatable, MaxIdle(connection)));
            var unsure = !repeatable || idle >= _surelyAlive;
            if (!tooOld && !(unsure && connection.IsStale()))
            {
                connection.Taken();
                return connection;
            }

            Drop(connection);
        }

        return null;
    }

    /// <exception cref="SocketException">Refused, unreachable, or (TimedOut) not accepted in time; nothing was sent.</exception>
    public async ValueTask<UpstreamConnection> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Local connects complete at once, so the timer is only made for one that does not.
            var connecting = socket.ConnectAsync(endPoint, cancellation);
            if (!connecting.IsCompleted)
            {
                await connecting.AsTask().WaitAsync(limits.Connect, time, cancellation);
            }
            else
            {
                await connecting;
            }
        }
        catch (TimeoutException)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new UpstreamConnection(this, socket);
        lock (_lock)
        {
            _all.Add(connection);
        }

        return connection;
    }

    /// <summary>The exchange ended cleanly and the connection may carry another.</summary>
    public void Return(UpstreamConnection connection)
    {
        connection.BecomeIdle(time.GetTimestamp());
        lock (_lock)
        {
            if (!_closed && connection is { IsDisposed: false, TimedOut: false } && _idle.Count < limits.UpstreamIdleConnections)
            {
                _idle.Add(connection);
                return;
            }
        }

        Drop(connection);
    }

    /// <summary>Closes a connection that its owner is done with.</summary>
    public void Drop(UpstreamConnection connection)
    {
        lock (_lock)
        {
            _all.Remove(connection);
        }

        connection.Dispose();
        connection.ReleaseBuffer();
    }

    /// <summary>Closes idle connections now and busy ones when they come back.</summary>
    public void Close()
    {
        UpstreamConnection[] idle;
        lock (_lock)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var connection in idle)
        {
            Drop(connection);
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _closed = false;
        }
    }

    /// <summary>Ends what has been silent or idle for too long.</summary>
    public void Sweep(long now)
    {
        List<UpstreamConnection>? old = null;
        List<UpstreamConnection>? expired = null;
        lock (_lock)
        {
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                if (now - _idle[i].IdleSince >= MaxIdle(_idle[i]))
                {
                    (old ??= []).Add(_idle[i]);
                    _idle.RemoveAt(i);
                }
            }

            foreach (var connection in _all)
            {
                if (connection.TryExpire(now))
                {
                    (expired ??= []).Add(connection);
                }
            }
        }

        foreach (var connection in old ?? [])
        {
            Drop(connection);
        }

        // Outside the lock: the owner's continuation may run right here, and it comes back to this pool.
        foreach (var connection in expired ?? [])
        {
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        Close();
        UpstreamConnection[] busy;
        lock (_lock)
        {
            busy = [.. _all];
        }

        foreach (var connection in busy)
        {
            connection.Dispose();
        }
    }

    private long MaxIdle(UpstreamConnection connection) => connection.PeerIdle > 0 ? Math.Min(_maxIdle, connection.PeerIdle) : _maxIdle;

    private UpstreamConnection? Pop()
    {
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            var last = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return last;
        }
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
