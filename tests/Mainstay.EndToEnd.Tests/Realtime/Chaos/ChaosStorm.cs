using System.Collections.Concurrent;
using System.Diagnostics;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>Carries a plan out, and keeps the story of it.</summary>
internal sealed class ChaosStorm(ChaosStack stack, ChaosPlan plan)
{
    private long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _story = [];
    private Task _redis = Task.CompletedTask;
    private Task _daemon = Task.CompletedTask;

    public IEnumerable<string> Story => _story;

    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);

    public void Tell(string what) => _story.Enqueue(FormattableString.Invariant($"{Now.TotalSeconds,6:0.00} s  {what}"));

    /// <summary>The clock of the story begins.</summary>
    public void Begin() => _began = Stopwatch.GetTimestamp();

    /// <summary>Ends when the last victim that is not Mainstay's to start has been started again.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        Tell($"seed {plan.Seed}, {plan.Broker}; planned: {string.Join("; ", plan.Blows.Select(b => FormattableString.Invariant($"{b.At.TotalSeconds:0.00} {string.Join(" and ", b.Victims)}")))}");
        foreach (var blow in plan.Blows)
        {
            var wait = blow.At - Now;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, TimeProvider.System, token);
            await Task.WhenAll(blow.Victims.Select(victim => KillAsync(victim, blow.Away, token)));
        }

        await Task.WhenAll(_redis, _daemon);
        Tell("the storm is over");
    }

    private async Task KillAsync(Victim victim, TimeSpan away, CancellationToken token)
    {
        if (victim is Victim.Broker)
        {
            if (!_redis.IsCompleted)
            {
                Tell("redis is away as it is");
                return;
            }

            await stack.Redis!.DieAsync();
            Tell("kill -9 redis");
            _redis = ReturnAsync("redis", away, stack.Redis.ReturnAsync, token);
            return;
        }

        var processes = stack.Processes(victim);
        foreach (var process in processes)
        {
            process.Send(Signal.Kill);
        }

        Tell(processes.Count == 0 ? $"kill -9 {victim}: there is none just now" : $"kill -9 {victim} ({string.Join(", ", processes.Select(p => p.Pid))})");
        if (victim is Victim.Daemon)
        {
            // It may be killed while it starts; then it is started once more behind that.
            _daemon = BehindAsync(_daemon, () => ReturnAsync("daemon", away, StartDaemonAsync, token));
        }
    }

    private static async Task BehindAsync(Task before, Func<Task> next)
    {
        await before;
        await next();
    }

    private async Task ReturnAsync(string who, TimeSpan away, Func<Task> start, CancellationToken token)
    {
        await Task.Delay(away, TimeProvider.System, token);
        await start();
        Tell($"{who} is started again");
    }

    /// <summary>As whoever finds it dead does; when it is killed once more meanwhile, the command may fail.</summary>
    private async Task StartDaemonAsync()
    {
        Tell("`up`");
        var up = await stack.Home.RunAsync("up");
        if (up.ExitCode != 0)
        {
            Tell($"`up` exits with {up.ExitCode}: {up.Screen.Trim()}");
        }
    }
}
