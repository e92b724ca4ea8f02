using System.Buffers;
using System.Text.Json;
using Mainstay.Realtime.Ingest.Outbox;

namespace Mainstay.Realtime.Ingest.Protocol;

/// <summary>The text messages that a native client gets.</summary>
internal static class ServerText
{
    public static ReadOnlyMemory<byte> Started(string interaction, SessionId session, long nextSeq, int ackInterval, TimeSpan window) => Write("started", json =>
    {
        json.WriteString("interaction_id", interaction);
        json.WriteString("session", session.Text);
        json.WriteNumber("next_seq", nextSeq);
        json.WriteNumber("ack_interval", ackInterval);
        json.WriteNumber("window_ms", (long)window.TotalMilliseconds);
    });

    /// <param name="at">Null: it was received.</param>
    public static ReadOnlyMemory<byte> Ack(long seq, StoredAt? at) => Write("ack", json =>
    {
        json.WriteNumber("seq", seq);
        json.WriteString("level", at switch
        {
            StoredAt.Broker => "broker",
            StoredAt.Spool => "spool",
            null => "received",
        });
    });

    public static ReadOnlyMemory<byte> Lost(long seq, string reason) => Write("error", json =>
    {
        json.WriteString("code", "frame_lost");
        json.WriteNumber("seq", seq);
        json.WriteString("message", reason);
    });

    public static ReadOnlyMemory<byte> Stopped(long frames, long lost) => Write("stopped", json =>
    {
        json.WriteNumber("frames", frames);
        json.WriteNumber("lost", lost);
    });

    public static ReadOnlyMemory<byte> Drain(TimeSpan retryAfter) => Write("drain", json => json.WriteNumber("retry_ms", (long)retryAfter.TotalMilliseconds));

    public static ReadOnlyMemory<byte> Error(string code, string message) => Write("error", json =>
    {
        json.WriteString("code", code);
        json.WriteString("message", message);
    });

    private static ReadOnlyMemory<byte> Write(string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(96);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
