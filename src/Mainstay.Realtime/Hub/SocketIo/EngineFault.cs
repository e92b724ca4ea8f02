namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Why Engine.IO does not take a request, in its own numbers and words.</summary>
internal sealed record EngineFault(int Code, string Message)
{
    public static readonly EngineFault UnknownTransport = new(0, "Transport unknown");
    public static readonly EngineFault UnknownSession = new(1, "Session ID unknown");
    public static readonly EngineFault BadRequest = new(3, "Bad request");
    public static readonly EngineFault Forbidden = new(4, "Forbidden");
    public static readonly EngineFault UnsupportedVersion = new(5, "Unsupported protocol version");

    public string Json => FormattableString.Invariant($$"""{"code":{{Code}},"message":"{{Message}}"}""");

    /// <summary>In the order in which the library's server looks. Null: it is right.</summary>
    /// <param name="query">Without the question mark.</param>
    public static EngineFault? Of(string query, bool isWebSocket)
    {
        var fields = query.Split('&');
        return !fields.Contains("transport=websocket", StringComparer.Ordinal) ? UnknownTransport
            : Array.Exists(fields, f => f.StartsWith("sid=", StringComparison.Ordinal)) ? UnknownSession
            : !isWebSocket ? BadRequest
            : !fields.Contains("EIO=4", StringComparer.Ordinal) ? UnsupportedVersion
            : null;
    }
}
