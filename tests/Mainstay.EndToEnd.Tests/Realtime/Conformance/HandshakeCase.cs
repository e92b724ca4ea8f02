using System.Text;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>A request for a WebSocket, and the head that answers it.</summary>
/// <param name="Change">What is other than in a right one.</param>
/// <param name="Edit">Makes it so.</param>
/// <param name="Status">0: the connection ends without an answer.</param>
/// <param name="Shows">A line that the head of the answer has; empty: any.</param>
internal sealed record HandshakeCase(string Change, Func<string, string> Edit, int Status, string Shows = "")
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Proof = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const string Version = "Sec-WebSocket-Version: 13";

    public string Text(Speaker speaker) => Edit(Conversation.Upgrade(speaker));

    public static IEnumerable<HandshakeCase> All(Speaker speaker) =>
    [
        new("nothing", head => head, 101, Proof),
        new("field names in capitals", head => Lines(head, l => l.Contains(':', StringComparison.Ordinal) ? l[..l.IndexOf(':', StringComparison.Ordinal)].ToUpperInvariant() + l[l.IndexOf(':', StringComparison.Ordinal)..] : l), 101, Proof),
        new("`Upgrade: WebSocket`, `Connection: keep-alive, upgrade`", head => head.Replace("Upgrade: websocket", "Upgrade: WebSocket", StringComparison.Ordinal).Replace("Connection: Upgrade", "Connection: keep-alive, upgrade", StringComparison.Ordinal), 101, Proof),
        new("no space behind the colons", head => Lines(head, l => l.StartsWith("Sec-", StringComparison.Ordinal) || l.StartsWith("Upgrade", StringComparison.Ordinal) ? l.Replace(": ", ":", StringComparison.Ordinal) : l), 101, Proof),
        new("an extension is offered", head => With(head, "Sec-WebSocket-Extensions: x-unknown"), 101, Proof),
        new("`Sec-WebSocket-Version: 8`", head => head.Replace(Version, "Sec-WebSocket-Version: 8", StringComparison.Ordinal), 426, Version),
        new("no `Sec-WebSocket-Version`", head => Without(head, Version), 426, Version),
        new("no `Sec-WebSocket-Key`", head => Without(head, Key), 400),
        new("a key of 15 bytes", head => head.Replace(Key, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j", StringComparison.Ordinal), 400),
        new("two keys", head => With(head, Key), 400),
        new("no `Upgrade`", head => Without(head, "Upgrade: websocket"), 426),
        new("no `Connection`", head => Without(head, "Connection: Upgrade"), 426),
        new("`Upgrade: h2c`", head => head.Replace("Upgrade: websocket", "Upgrade: h2c", StringComparison.Ordinal), 426),
        new("HTTP/1.0", head => head.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal), 426),
        new("POST", head => head.Replace("GET ", "POST ", StringComparison.Ordinal).Replace(Version, Version + "\r\nContent-Length: 0", StringComparison.Ordinal), 426),
        new("a body", head => With(head, "Content-Length: 5") + "Hello", 426),
        new("no `Host`", head => Without(head, "Host: 127.0.0.1"), 400),
        new("another path", head => head.Replace(speaker.Path, speaker.Path + "/elsewhere", StringComparison.Ordinal), 404),
        new("no credentials that are right", head => Lines(head, l => l.StartsWith("Authorization", StringComparison.Ordinal) ? "Authorization: Bearer no.no.no" : l), 401),
        .. speaker.Protocol is { } protocol ? Protocols(protocol) : [new("a subprotocol is offered", head => With(head, "Sec-WebSocket-Protocol: chat"), 101, Proof)],
    ];

    public override string ToString() => Change;

    private static HandshakeCase[] Protocols(string protocol) =>
    [
        new("its subprotocol behind others, in one line", head => head.Replace($"Protocol: {protocol}", $"Protocol: chat, superchat, {protocol}", StringComparison.Ordinal), 101, $"Sec-WebSocket-Protocol: {protocol}"),
        new("its subprotocol behind another, in a line of its own", head => head.Replace("Sec-WebSocket-Protocol:", "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol:", StringComparison.Ordinal), 101, $"Sec-WebSocket-Protocol: {protocol}"),
        new("another subprotocol only", head => head.Replace($"Protocol: {protocol}", "Protocol: chat", StringComparison.Ordinal), 400),
    ];

    private static string Without(string head, string line) => head.Replace(line + "\r\n", "", StringComparison.Ordinal);

    private static string With(string head, string line) => new StringBuilder(head).Insert(head.IndexOf("\r\n", StringComparison.Ordinal) + 2, line + "\r\n").ToString();

    private static string Lines(string head, Func<string, string> edit) => string.Join("\r\n", head.Split("\r\n").Select((l, i) => i == 0 ? l : edit(l)));
}
