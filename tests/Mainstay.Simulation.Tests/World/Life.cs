namespace Mainstay.Simulation.Tests.World;

/// <summary>
/// One daemon from its start to its death. Its continuations and timers run only while it lives; every port it holds asks
/// <see cref="Pass"/> first, so that kill -9 can strike before or after any act, and a dead daemon can do nothing more.
/// </summary>
internal sealed class Life(SimWorld world, long bootAt) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];

    public bool IsAlive { get; private set; } = true;

    public int Pending => _ready.Count;

    public TimeProvider Time => new LifeTime(this);

    public SimWorld World => world;

    public void Kill()
    {
        IsAlive = false;
        _ready.Clear();
    }

    /// <summary>A place where the daemon may be killed.</summary>
    public void Pass(string place)
    {
        if (IsAlive && world.Strikes(place))
        {
            Kill();
        }

        if (!IsAlive)
        {
            throw new DaemonKilledException(place);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != world.Thread)
        {
            world.Invariants.Broken($"something left the simulation's one thread: {Environment.StackTrace}");
        }

        if (IsAlive)
        {
            _ready.Add((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nobody may block in a simulated world");

    /// <summary>Runs one continuation that is ready; which one, chance decides, as a thread pool would.</summary>
    public void RunOne(Random chance)
    {
        var index = chance.Next(_ready.Count);
        var (callback, state) = _ready[index];
        _ready.RemoveAt(index);
        Within(() => callback(state));
    }

    /// <summary>What other threads do while one is busy.</summary>
    public void RunSome(Random chance)
    {
        for (var left = chance.Next(40); left > 0 && IsAlive && _ready.Count > 0; left--)
        {
            RunOne(chance);
        }
    }

    public void Within(Action action)
    {
        if (Environment.CurrentManagedThreadId != world.Thread)
        {
            world.Invariants.Broken($"something left the simulation's one thread: {Environment.StackTrace}");
        }

        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        catch (DaemonKilledException)
        {
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private sealed class LifeTime(Life life) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => life.World.Events.Wall;

        /// <summary>Like CLOCK_MONOTONIC, from the boot of the host.</summary>
        public override long GetTimestamp() => life.World.Events.Now - life.BootAt;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new LifeTimer(life, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private long BootAt { get; } = bootAt;

    private sealed class LifeTimer(Life life, TimerCallback callback, object? state) : ITimer
    {
        private EventQueue.Entry? _entry;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _entry?.Cancel();
            _entry = dueTime == Timeout.InfiniteTimeSpan ? null : life.World.Events.At(dueTime, Fire);
            return true;
        }

        public void Dispose() => _entry?.Cancel();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            if (life.IsAlive)
            {
                life.Within(() => callback(state));
            }
        }
    }
}

/// <summary>What a daemon's own code sees of its death: nothing that it does from here on has any effect.</summary>
internal sealed class DaemonKilledException(string place) : Exception($"killed at {place}");
