using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mainstay;

/// <summary>The doors to the roles.</summary>
internal static class Roles
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> DaemonAsync(string[] args) => Daemon.DaemonRole.RunAsync(args);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<int> EdgeAsync(string controlSocket)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, stop));
        return await Edge.EdgeRole.RunAsync(Edge.EdgeOptions.From(controlSocket, Environment.GetEnvironmentVariable), stop.Token);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> CommandAsync(string[] args) => CommandHost.RunAsync(args);

    private static void Cancel(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
