using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Mainstay.Spec.Model;
using Mainstay.Spec.Shipped;

namespace Mainstay;

/// <summary>The doors to the roles.</summary>
internal static class Roles
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task<int> DaemonAsync(string[] args) => Daemon.DaemonRole.RunAsync(args, SettingFaults);

    /// <summary>Loads the gateway's code, when a stack has a service of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ImmutableArray<SettingFault> SettingFaults(ServiceKind kind, IReadOnlyDictionary<string, string> environment) => Realtime.RealtimeSettings.Faults(kind, environment);

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
