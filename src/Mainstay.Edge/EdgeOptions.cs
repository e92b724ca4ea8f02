using System.Collections.Immutable;
using Mainstay.Edge.Listening;

namespace Mainstay.Edge;

/// <summary>What an edge worker is started with; everything else arrives with snapshots.</summary>
/// <param name="ControlSocket">Unix socket on which the worker listens for the daemon; created with mode 0600.</param>
/// <param name="Listeners">Listening sockets inherited from the daemon.</param>
public sealed record EdgeOptions(string ControlSocket, ImmutableArray<InheritedListenerSpec> Listeners)
{
    public const string ListenersVariable = "MAINSTAY_LISTENERS";

    public const string ControlSocketVariable = "MAINSTAY_EDGE_CONTROL";

    public EdgeLimits Limits { get; init; } = new();

    /// <summary>Reads <c>--control PATH</c> or MAINSTAY_EDGE_CONTROL, and MAINSTAY_LISTENERS (<c>3=http://127.0.0.1:8080;4=https://[::1]:8443</c>).</summary>
    /// <exception cref="FormatException">The control socket is missing or a listener is malformed; the message says which.</exception>
    public static EdgeOptions FromEnvironment(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        var control = environment(ControlSocketVariable);
        for (var i = 0; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] == "--control")
            {
                control = arguments[i + 1];
            }
        }

        if (string.IsNullOrEmpty(control))
        {
            throw new FormatException($"an edge worker needs --control PATH or {ControlSocketVariable}");
        }

        return new(control, InheritedListenerSpec.ParseList(environment(ListenersVariable) ?? ""));
    }
}
