using System.Buffers;
using System.Text.Json;
using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>
/// What the carrier is to play, cut as it wants it and sent about as fast as it is heard: what is sent cannot be taken back everywhere, and a <c>clear</c> is to be heard at once. Not safe for several callers at once.
/// </summary>
internal sealed class CallPlayer(Dialect dialect, CallInfo info)
{
    /// <summary>Of audio that waits for one call: two minutes of 16 kHz.</summary>
    public const int MaxWaiting = 4 << 20;

    private static readonly TimeSpan s_lead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_piece = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Item> _waiting = [];
    private long _waitingBytes;
    private TimeSpan _heardUntil;

    private int BytesPerSecond => AudioEncoding.BytesPerSecond(info.Encoding, info.SampleRate);

    /// <summary>False: too much waits already.</summary>
    public bool Play(ReadOnlyMemory<byte> audio)
    {
        if (_waitingBytes + audio.Length > MaxWaiting)
        {
            return false;
        }

        var rule = dialect.Outbound;
        var size = Math.Clamp(Up((int)(BytesPerSecond * s_piece.TotalSeconds), rule.Multiple), rule.Min, rule.Max / rule.Multiple * rule.Multiple);
        for (var at = 0; at < audio.Length; at += size)
        {
            var piece = audio[at..Math.Min(at + size, audio.Length)];
            if (piece.Length < size)
            {
                var filled = new byte[Math.Max(rule.Min, Up(piece.Length, rule.Multiple))];
                filled.AsSpan(piece.Length).Fill(AudioEncoding.Silence(info.Encoding));
                piece.CopyTo(filled);
                piece = filled;
            }

            _waiting.Enqueue(new(piece, ""));
            _waitingBytes += piece.Length;
        }

        return true;
    }

    /// <summary>The carrier says it back when everything before it has been heard.</summary>
    public void Mark(string name) => _waiting.Enqueue(new(default, name));

    /// <summary>What waits is forgotten, and what the carrier still has, too.</summary>
    /// <returns>To be sent.</returns>
    public ReadOnlyMemory<byte> Clear()
    {
        _waiting.Clear();
        (_waitingBytes, _heardUntil) = (0, default);
        return Write("clear", null);
    }

    /// <summary>What is to be sent now, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Take(TimeSpan now)
    {
        while (_waiting.TryPeek(out var next) && (next.Audio.IsEmpty || _heardUntil - now < s_lead))
        {
            _waiting.Dequeue();
            if (next.Audio.IsEmpty)
            {
                yield return Write("mark", json => json.WriteString("name", next.Mark));
                continue;
            }

            _waitingBytes -= next.Audio.Length;
            _heardUntil = (_heardUntil > now ? _heardUntil : now) + TimeSpan.FromSeconds((double)next.Audio.Length / BytesPerSecond);
            yield return Write("media", json => json.WriteBase64String(Dialect.Payload, next.Audio.Span));
        }
    }

    private static int Up(int bytes, int multiple) => (bytes + multiple - 1) / multiple * multiple;

    private ReadOnlyMemory<byte> Write(string name, Action<Utf8JsonWriter>? body)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString(Dialect.Event, name);
        json.WriteString(dialect.Stream, info.Stream);
        if (body is not null)
        {
            json.WriteStartObject(name);
            body(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <param name="Audio">Empty for a mark.</param>
    private readonly record struct Item(ReadOnlyMemory<byte> Audio, string Mark);
}
