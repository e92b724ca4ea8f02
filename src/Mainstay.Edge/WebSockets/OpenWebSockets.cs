namespace Mainstay.Edge.WebSockets;

/// <summary>All open WebSockets, and when each that must go is told so: not all at once, or they would all come back at once.</summary>
internal sealed class OpenWebSockets(Random random, TimeProvider time)
{
    /// <summary>Behind the drain time, a tenth of it and never longer than this.</summary>
    public static readonly TimeSpan MaxSpread = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly HashSet<WebSocketTunnel> _open = [];
    private WorkerDrains? _workerDrain;

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

    /// <summary>Those of services that have calls.</summary>
    public int Calls
    {
        get
        {
            lock (_lock)
            {
                return _open.Count(tunnel => tunnel.Instance.HasCalls);
            }
        }
    }

    /// <summary>Those that have been told to close.</summary>
    public int Closing
    {
        get
        {
            lock (_lock)
            {
                return _open.Count(tunnel => tunnel.IsClosing);
            }
        }
    }

    public void Add(WebSocketTunnel tunnel)
    {
        lock (_lock)
        {
            tunnel.CloseAt = _workerDrain is { } drain ? Within(drain.Of(tunnel)) : 0;
            _open.Add(tunnel);
        }
    }

    public void Remove(WebSocketTunnel tunnel)
    {
        lock (_lock)
        {
            _open.Remove(tunnel);
        }
    }

    /// <summary>This worker goes: each WebSocket stays for <paramref name="drain"/>, a call for <paramref name="calls"/>, and is told behind it.</summary>
    public void DrainAll(TimeSpan drain, TimeSpan calls)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _workerDrain = new(Behind(now, drain), Behind(now, calls));
            foreach (var tunnel in _open)
            {
                tunnel.CloseAt = Within(_workerDrain.Of(tunnel));
            }
        }
    }

    /// <summary>Called regularly: tells those whose time has come.</summary>
    /// <param name="drain">How long WebSockets outlive the beginning of their instance's drain.</param>
    public void Sweep(TimeSpan drain)
    {
        List<WebSocketTunnel>? due = null;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            foreach (var tunnel in _open)
            {
                Schedule(tunnel, drain);
                if (tunnel.CloseAt != 0 && now >= tunnel.CloseAt && !tunnel.IsClosing)
                {
                    (due ??= []).Add(tunnel);
                }
            }
        }

        foreach (var tunnel in due ?? [])
        {
            tunnel.BeginClose();
        }
    }

    /// <summary>Ends those that are left, or those of them that are no calls; returns how many.</summary>
    public async Task<int> CutAsync(bool exceptCalls = false)
    {
        WebSocketTunnel[] left;
        lock (_lock)
        {
            left = [.. _open.Where(tunnel => !exceptCalls || !tunnel.Instance.HasCalls)];
        }

        foreach (var tunnel in left)
        {
            await tunnel.CutAsync();
        }

        return left.Length;
    }

    private void Schedule(WebSocketTunnel tunnel, TimeSpan drain)
    {
        if (_workerDrain is not null)
        {
            return;
        }

        if (!tunnel.Instance.IsDraining || tunnel.Instance.EndsItsSockets)
        {
            tunnel.CloseAt = 0;
        }
        else if (tunnel.CloseAt == 0)
        {
            tunnel.CloseAt = Within(Behind(tunnel.Instance.DrainingSince, drain));
        }
    }

    private (long From, long Length) Behind(long begin, TimeSpan drain) => (begin + Ticks(drain), Math.Min(Ticks(drain) / 10, Ticks(MaxSpread)));

    private long Within((long From, long Length) span) => span.From + (long)(random.NextDouble() * span.Length);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record WorkerDrains((long From, long Length) Others, (long From, long Length) Calls)
    {
        public (long From, long Length) Of(WebSocketTunnel tunnel) => tunnel.Instance.HasCalls ? Calls : Others;
    }
}
