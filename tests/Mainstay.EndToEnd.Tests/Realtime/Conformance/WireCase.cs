using System.Globalization;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What a connection showed.</summary>
/// <param name="Messages">Messages that were taken.</param>
/// <param name="Pongs">The lengths of the payloads of the pongs, whose bytes are those of the pings.</param>
/// <param name="End">"open" until the end of the test, "close 1002" with a code, "close" without one, or "cut" without a close.</param>
internal sealed record WireAnswer(int Messages, IReadOnlyList<int> Pongs, string End)
{
    public const string Open = "open";

    public override string ToString() => string.Join(", ", (string[])[
        .. Messages > 0 ? [Messages == 1 ? "taken" : string.Create(CultureInfo.InvariantCulture, $"{Messages} taken")] : (string[])[],
        .. Pongs.Count > 0 ? [$"pong {string.Join("+", Pongs)}"] : (string[])[],
        .. Messages + Pongs.Count == 0 || End != Open ? [End] : (string[])[]]);
}

/// <summary>A line of the table: bytes on the wire, and what RFC 6455 wants to become of them.</summary>
/// <param name="Name">After the group of the Autobahn suite that it is of.</param>
/// <param name="Sent">What is sent, in a few words.</param>
/// <param name="Bytes">Each piece is written by itself.</param>
internal sealed record WireCase(string Name, string Sent, Func<Speaker, byte[][]> Bytes, WireAnswer Answer)
{
    /// <summary>Where .NET's WebSocket does something else than the RFC says, or may be read to say; empty: it does not.</summary>
    public string Differs { get; init; } = "";

    /// <summary>Messages are texts that one of the services does not answer.</summary>
    public bool IsText { get; init; }

    /// <summary>Of a text that its service takes and does not answer, only the life of the connection shows.</summary>
    public WireAnswer AnswerOf(Speaker speaker) => IsText && !speaker.AnswersTexts ? Answer with { Messages = 0 } : Answer;

    public override string ToString() => $"{Name} {Sent}";
}
