using System.Collections.Immutable;

namespace Mainstay.Realtime.Serving;

/// <summary>The codes of refusals that are about the request as such, and not about who sends it; docs/reference/refusals.md lists them.</summary>
public static class DoorCode
{
    public const string NoRoute = "no_route";
    public const string NoMethod = "no_method";
    public const string NotAcceptable = "not_acceptable";
    public const string NoProtocol = "no_protocol";
    public const string UpgradeRequired = "upgrade_required";
    public const string Draining = "draining";
    public const string CannotStore = "cannot_store";

    public static ImmutableArray<(int Status, string Code, string Meaning)> All { get; } =
    [
        (400, NoProtocol, "a WebSocket of the hub offers no subprotocol that the hub speaks"),
        (404, NoRoute, "nothing is at this path, or the route's methods of proof are not set"),
        (405, NoMethod, "the path takes other methods"),
        (406, NotAcceptable, "the path is a stream of events, and Accept does not take one"),
        (426, UpgradeRequired, "the path is a WebSocket, and this was no handshake of version 13"),
        (503, Draining, "this process ends; another one answers in a moment (Retry-After)"),
        (503, CannotStore, "ingest can store nothing at the moment (Retry-After)"),
    ];
}
