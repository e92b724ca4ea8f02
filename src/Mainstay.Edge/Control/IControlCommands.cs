using System.Net.Sockets;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Counting;

namespace Mainstay.Edge.Control;

/// <summary>What a daemon can ask of this worker.</summary>
internal interface IControlCommands
{
    EdgeHello Hello();

    void Connected(ControlSession session);

    void Disconnected(ControlSession session, string cause);

    Task<EdgeApplied> ApplyAsync(EdgeSnapshot snapshot);

    /// <summary>Begins and returns.</summary>
    void Drain(EdgeDrain drain);

    EdgeListeners Listeners();

    /// <summary>Sends the line with the listening sockets attached, in the line's order.</summary>
    Task SendDescriptorsAsync(Socket socket, byte[] line, CancellationToken cancellation);

    IReadOnlyList<EdgeInFlight> News();

    /// <summary>For one session: everything counted so far, and then what changes.</summary>
    CountsNews Counts();
}
