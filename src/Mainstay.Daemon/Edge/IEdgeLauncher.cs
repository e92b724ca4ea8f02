using System.Collections.Immutable;
using Mainstay.Linux.Processes;

namespace Mainstay.Daemon.Edge;

/// <summary>Starts edge workers as processes; tests put a fake one here.</summary>
internal interface IEdgeLauncher
{
    /// <summary>Throws <see cref="EdgeLaunchException"/> when the process could not be started.</summary>
    IEdgeProcess Launch(int worker, string controlSocket, ImmutableArray<(string Address, int Descriptor)> listeners);

    /// <summary>Null when the worker is gone.</summary>
    IEdgeProcess? Adopt(EdgeRecord record);
}

internal interface IEdgeProcess : IDisposable
{
    ProcessIdentity Identity { get; }

    Task<ExitStatus> Exited { get; }

    void Kill();
}

internal sealed class EdgeLaunchException(string message) : Exception(message);
