using Mainstay.Linux.Processes;

namespace Mainstay.Supervisor.Ports;

/// <summary>TCP ports on the loopback for services.</summary>
public interface IListenPorts
{
    /// <summary>A port that nobody listens on, outside the kernel's ephemeral range, and not given out in the last minutes.</summary>
    int Pick();

    /// <summary>Who listens on a port, as one phrase for the screen (pid, command line, manager), or null when it is free.</summary>
    string? Holder(int port);

    /// <summary>
    /// For <c>port: inherit</c>: the listening socket of one instance, made once (on <paramref name="wanted"/>, or a picked port) and kept across
    /// its restarts; after a daemon's death taken back from <paramref name="running"/>. A successor has a socket of its own: on a shared one
    /// nobody could tell which of the two processes answers a check or a request.
    /// </summary>
    /// <param name="key">Of the instance, e.g. <c>api-1#4</c>.</param>
    ListenSocket Listen(string key, int? wanted, ProcessIdentity? running);

    /// <summary>Closes our copy.</summary>
    void Release(string key);
}

/// <param name="Descriptor">In this process; close-on-exec.</param>
public readonly record struct ListenSocket(int Descriptor, int Port);
