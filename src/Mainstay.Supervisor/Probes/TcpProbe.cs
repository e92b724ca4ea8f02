using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>A connection to the service's port opens.</summary>
internal static class TcpProbe
{
    public static async Task<(ProbeOutcome Outcome, string Detail)> RunAsync(int port, ProbeProgress progress, CancellationToken token)
    {
        progress.Connecting();
        var (socket, refusal) = await LoopbackConnection.OpenAsync(port, token).ConfigureAwait(false);
        using (socket)
        {
            return socket is null ? (ProbeOutcome.Refused, refusal) : (ProbeOutcome.Passed, $"127.0.0.1:{port} accepts connections");
        }
    }
}
