using System.Collections.Immutable;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Daemon.Edge;

/// <summary>Starts edge workers as processes; tests put a fake one here.</summary>
internal interface IEdgeLauncher
{
    /// <summary>Throws <see cref="EdgeLaunchException"/> when the process could not be started.</summary>
    IRunningProcess Launch(int worker, string controlSocket, ImmutableArray<(string Address, int Descriptor)> listeners);

    /// <summary>Null when the worker is gone.</summary>
    IRunningProcess? Adopt(EdgeRecord record);
}

internal sealed class EdgeLaunchException(string message) : Exception(message);
