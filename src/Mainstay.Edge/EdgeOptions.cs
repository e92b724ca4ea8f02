using System.Collections.Immutable;
using Mainstay.Edge.Listening;

namespace Mainstay.Edge;

/// <summary>What an edge worker is started with; everything else arrives with snapshots.</summary>
/// <param name="ControlSocket">Unix socket on which the worker listens for the daemon; created with mode 0600.</param>
/// <param name="Listeners">Listening sockets inherited from the daemon.</param>
public sealed record EdgeOptions(string ControlSocket, ImmutableArray<InheritedListenerSpec> Listeners)
{
    public const string ListenersVariable = "MAINSTAY_LISTENERS";

    public const string DataVariable = "MAINSTAY_EDGE_DATA";

    /// <summary>Folder for what workers keep together.</summary>
    public string Data { get; init; } = Path.GetDirectoryName(ControlSocket) ?? "/";

    public EdgeLimits Limits { get; init; } = new();

    /// <summary>Takes the control socket from the argument, and the listeners from MAINSTAY_LISTENERS (<c>3=http://127.0.0.1:8080;4=https://[::1]:8443</c>).</summary>
    /// <exception cref="FormatException">The control socket is missing or a listener is malformed; the message says which.</exception>
    public static EdgeOptions From(string? controlSocket, Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(controlSocket))
        {
            throw new FormatException("an edge worker needs a control socket: --control PATH");
        }

        var options = new EdgeOptions(controlSocket, InheritedListenerSpec.ParseList(environment(ListenersVariable) ?? ""));
        return environment(DataVariable) is { Length: > 0 } data ? options with { Data = data } : options;
    }
}
