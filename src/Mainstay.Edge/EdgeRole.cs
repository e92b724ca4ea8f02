using System.Globalization;
using System.Runtime.InteropServices;
using Mainstay.Contracts;
using Mainstay.Edge.Logs;
using Mainstay.Linux.Files;

namespace Mainstay.Edge;

/// <summary>The edge worker's process.</summary>
public static class EdgeRole
{
    /// <summary>Twice that on disk: the log, and the one before it.</summary>
    private const long MaxLogBytes = 10_000_000;

    /// <summary>
    /// Serves until it is drained: by the daemon, by SIGTERM or SIGINT, or by <paramref name="stop"/>. A second signal ends it at once.
    /// Returns 0 when drained, 1 when it could not serve.
    /// </summary>
    public static async Task<int> RunAsync(EdgeOptions options, CancellationToken stop)
    {
        using var log = new StderrLog(TimeProvider.System, Stderr(options).Write);
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var now = new CancellationTokenSource();

        var signals = 0;

        void Signalled(PosixSignalContext context)
        {
            context.Cancel = true;
            (Interlocked.Increment(ref signals) > 1 ? now : asked).Cancel();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Signalled);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Signalled);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        try
        {
            await using var worker = new EdgeWorker(options, TimeProvider.System, log);
            worker.Start();
            await worker.RunAsync(asked.Token, now.Token);
            return (int)ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"edge: cannot serve: {e.Message}"));
            return (int)ExitCode.Failed;
        }
        finally
        {
            log.Dispose();
            await log.Completion;
        }
    }

    /// <summary>The daemon starts us with both outputs on the home's edge log, which nobody else looks after while we live; the control socket tells the home.</summary>
    private static BoundedOutput Stderr(EdgeOptions options)
    {
        var home = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(options.ControlSocket))) ?? "/";
        return new(new HomeLayout(home).EdgeLog, MaxLogBytes, 2, 1);
    }
}
