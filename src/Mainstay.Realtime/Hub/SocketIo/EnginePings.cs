using System.Collections.Concurrent;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Pings of all Socket.IO connections, by one timer: each round looks at all of them, which costs less than a timer for each.</summary>
internal sealed class EnginePings : IAsyncDisposable
{
    private readonly ConcurrentDictionary<EngineHeart, byte> _all = [];
    private readonly EngineLimits _limits;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public EnginePings(EngineLimits limits, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        var round = limits.PingInterval / 25;
        _timer = time.CreateTimer(_ => Sweep(), null, round, round);
    }

    public EngineHeart New() => new(_limits, _time);

    /// <summary>Until it is disposed of.</summary>
    /// <param name="ping">Sends one.</param>
    /// <param name="dead">There was no answer.</param>
    public IDisposable Watch(EngineHeart heart, Action ping, Action dead)
    {
        heart.Begin(ping, dead);
        _all[heart] = 0;
        return new Watched(_all, heart);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Sweep()
    {
        foreach (var (heart, _) in _all)
        {
            heart.Beat();
        }
    }

    private sealed class Watched(ConcurrentDictionary<EngineHeart, byte> all, EngineHeart heart) : IDisposable
    {
        public void Dispose() => all.TryRemove(heart, out _);
    }
}

/// <summary>Of one connection: when to ping, and whether there was an answer.</summary>
internal sealed class EngineHeart(EngineLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Action _ping = () => { };
    private Action _dead = () => { };
    private long _at = time.GetTimestamp();
    private bool _isAsked;
    private bool _isOver;

    public EngineLimits Limits => limits;

    public void Begin(Action ping, Action dead) => (_ping, _dead) = (ping, dead);

    public void Heard()
    {
        lock (_gate)
        {
            _isAsked = false;
        }
    }

    /// <summary>The client counts from ping to ping, so pings come in a fixed step whatever the answers.</summary>
    public void Beat()
    {
        Action act;
        lock (_gate)
        {
            var since = time.GetElapsedTime(_at);
            if (!_isOver && _isAsked && since >= limits.PingTimeout)
            {
                _isOver = true;
                act = _dead;
            }
            else if (!_isOver && !_isAsked && since >= limits.PingInterval)
            {
                (_isAsked, _at) = (true, time.GetTimestamp());
                act = _ping;
            }
            else
            {
                return;
            }
        }

        act();
    }
}
