using System.Net.Sockets;
using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Connection;

/// <summary>
/// Finds the daemon of a home, and starts one where a command needs it and none answers. Whoever holds the start lock starts;
/// everybody else waits for the socket, so that fifty first commands start one daemon.
/// </summary>
internal sealed class DaemonConnector(HomeLayout home, CliHost host, Screen screen)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LockDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>A daemon that we started may lose to one that systemd started at the same time, and ends; the winner then answers within this.</summary>
    private static readonly TimeSpan GraceAfterExit = TimeSpan.FromSeconds(1);

    private readonly ApiClient _client = new(home, host.Time);

    /// <summary>The running daemon's API, or null when none answers. Starts nothing.</summary>
    public async Task<ApiClient?> FindAsync(CancellationToken token) => await AnswersAsync(token) ? _client : null;

    /// <summary>The daemon's API; starts the daemon when none answers. Throws <see cref="CommandFailedException"/> (exit 4) when it cannot be had.</summary>
    public async Task<ApiClient> RequireAsync(CancellationToken token)
    {
        if (await AnswersAsync(token))
        {
            return _client;
        }

        HomeFolder.Create(home);
        var began = host.Time.GetTimestamp();
        while (host.Time.GetElapsedTime(began) < LockDeadline)
        {
            using (var turn = StartTurn.TryTake(home))
            {
                if (turn is not null)
                {
                    // Whoever had the lock before us may have started it between our look and our turn.
                    if (!await AnswersAsync(token))
                    {
                        await StartAsync(token);
                    }

                    return _client;
                }
            }

            await Task.Delay(Poll, host.Time, token);
            if (await AnswersAsync(token))
            {
                return _client;
            }
        }

        throw new CommandFailedException(
            ExitCode.DaemonNotReachable,
            $"another command has been starting the daemon for {LockDeadline.TotalSeconds:0} s (it holds {home.StartLock}) and none answers",
            $"try: tail {home.DaemonLog}",
            "try: mainstay doctor");
    }

    private async Task StartAsync(CancellationToken token)
    {
        var logBegan = DaemonLogTail.Length(home);
        var began = host.Time.GetTimestamp();
        var started = await host.StartDaemon(home, token);
        long? exitSeen = null;
        while (!await AnswersAsync(token))
        {
            if (started.Exited.IsCompleted)
            {
                exitSeen ??= host.Time.GetTimestamp();
                if (host.Time.GetElapsedTime(exitSeen.Value) > GraceAfterExit)
                {
                    throw NotStarted($"the daemon ended while it started: {await started.Exited}", logBegan);
                }
            }

            if (host.Time.GetElapsedTime(began) > StartDeadline)
            {
                throw NotStarted($"the daemon (pid {started.Pid}) was started but did not answer on {home.ApiSocket} within {StartDeadline.TotalSeconds:0} s", logBegan);
            }

            await Task.Delay(Poll, host.Time, token);
        }

        screen.ErrorLine($"started the daemon (pid {started.Pid}, home {home.Root})");
    }

    private CommandFailedException NotStarted(string what, long logBegan)
    {
        var tail = DaemonLogTail.Since(home, logBegan);
        return new(
            ExitCode.DaemonNotReachable,
            [
                what,
                tail.Count == 0 ? $"  it wrote nothing to {home.DaemonLog}" : $"  last lines of {home.DaemonLog}:",
                .. tail.Select(line => $"    {Harmless.Text(line, colours: false)}"),
                "  what ran before runs on; nothing was changed",
                "  try: mainstay doctor",
            ]);
    }

    private async Task<bool> AnswersAsync(CancellationToken token)
    {
        if (!home.HasRoomForSockets)
        {
            throw HomeFolder.TooLong(home);
        }

        if (!File.Exists(home.ApiSocket))
        {
            return false;
        }

        try
        {
            await _client.PingAsync(token);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new CommandFailedException(
                ExitCode.DaemonNotReachable,
                $"you may not use the daemon of {home.Root}: permission denied on {home.ApiSocket}",
                "the socket belongs to the user who started the daemon",
                "try: the same command as that user (sudo -u ...), or --home for a home of your own");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // A socket file that nobody listens on is what a killed daemon leaves; the next one replaces it.
            return false;
        }
        catch (RefusedByDaemonException)
        {
            // It answers; whether it refuses something is for the request that follows.
            return true;
        }
    }
}
