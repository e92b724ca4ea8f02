using System.Runtime.CompilerServices;

namespace Mainstay;

/// <summary>The doors to the roles.</summary>
internal static class Roles
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> DaemonAsync(string[] args) => Daemon.DaemonRole.RunAsync(args);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> EdgeAsync(string controlSocket) =>
        Edge.EdgeRole.RunAsync(Edge.EdgeOptions.From(controlSocket, Environment.GetEnvironmentVariable), CancellationToken.None);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> RealtimeAsync(string kind) => Realtime.RealtimeRole.RunAsync(kind, CommandHost.Variables());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> InspectAsync(string[] args) => Realtime.Inspect.InspectRole.RunAsync(args, CommandHost.Variables());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> SimulateAsync(string[] args) => Realtime.Simulator.SimulatorRole.RunAsync(args);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> CommandAsync(string[] args) => CommandHost.RunAsync(args);
}
