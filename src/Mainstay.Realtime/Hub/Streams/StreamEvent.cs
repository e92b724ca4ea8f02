using System.Buffers;
using System.Text;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>One event of a <c>text/event-stream</c>, as it is written.</summary>
/// <param name="Bytes">With its empty line.</param>
/// <param name="IsLast">The stream ends behind it.</param>
internal readonly record struct StreamEvent(ReadOnlyMemory<byte> Bytes, bool IsLast = false)
{
    private static readonly SearchValues<byte> s_lineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>Nothing, so that nobody on the way thinks that the connection is dead.</summary>
    public static StreamEvent Pulse { get; } = new(":\n\n"u8.ToArray());

    /// <param name="id">What a reader that comes back says in <c>Last-Event-ID</c>.</param>
    /// <param name="json">One JSON value.</param>
    /// <param name="name">Null: an event as readers expect it without a name.</param>
    public static StreamEvent Of(string id, ReadOnlySpan<byte> json, string? name = null, bool isLast = false)
    {
        var head = Encoding.ASCII.GetBytes(name is null ? $"id: {id}\ndata: " : $"event: {name}\nid: {id}\ndata: ");
        var bytes = new byte[head.Length + json.Length + 2];
        head.CopyTo(bytes, 0);
        json.CopyTo(bytes.AsSpan(head.Length));

        // Data goes out as it came, with line ends between its tokens, where spaces mean the same; within texts JSON has none.
        bytes.AsSpan(head.Length, json.Length).ReplaceAny(s_lineEnds, (byte)' ');
        "\n\n"u8.CopyTo(bytes.AsSpan(bytes.Length - 2));
        return new(bytes, isLast);
    }

    /// <summary>The stream ends, and not because its request did: readers come back after so long, with the id of the last event before.</summary>
    public static StreamEvent Drain(TimeSpan retry, string reason) => new(
        Encoding.ASCII.GetBytes(FormattableString.Invariant($"event: drain\nretry: {(long)retry.TotalMilliseconds}\ndata: {{\"retry_ms\":{(long)retry.TotalMilliseconds},\"reason\":\"{reason}\"}}\n\n")), IsLast: true);
}
