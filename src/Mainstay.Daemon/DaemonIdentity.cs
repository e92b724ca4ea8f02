using System.Collections.Immutable;
using System.Reflection;
using Mainstay.Contracts;

namespace Mainstay.Daemon;

/// <summary>Who this daemon is, since when, and how it is asked to end.</summary>
internal sealed class DaemonIdentity(HomeLayout home, TimeProvider clock)
{
    private readonly TaskCompletionSource<string> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _since = clock.GetUtcNow();

    public static string Version { get; } = typeof(DaemonIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public HomeLayout Home => home;

    public int Pid { get; } = Environment.ProcessId;

    public DateTimeOffset Now => clock.GetUtcNow();

    public TimeSpan Uptime => clock.GetUtcNow() - _since;

    /// <summary>What the host does not allow, one sentence each; said here and once in the log.</summary>
    public ImmutableArray<string> Notices { get; set; } = [];

    /// <summary>Completes with the reason once the daemon should end.</summary>
    public Task<string> Stopping => _stop.Task;

    public void AskToStop(string because) => _stop.TrySetResult(because);
}
