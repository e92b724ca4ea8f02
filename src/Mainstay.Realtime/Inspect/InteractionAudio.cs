using System.Buffers.Binary;

namespace Mainstay.Realtime.Inspect;

/// <summary>The audio of one interaction, put together: each frame of a session once, by its number, sessions in the order in which they came.</summary>
internal sealed class InteractionAudio
{
    /// <summary>It is put together in memory: ten hours at 16 kHz.</summary>
    private const long MaxBytes = 1200L << 20;

    private readonly List<(string Session, SortedDictionary<long, ReadOnlyMemory<byte>> Frames)> _sessions = [];
    private long _bytes;

    public int SampleRate { get; private set; }

    public string Encoding { get; private set; } = "";

    public bool IsEmpty => _sessions.Count == 0;

    public void Add(FrameView frame)
    {
        if (IsEmpty)
        {
            (SampleRate, Encoding) = (frame.SampleRate, frame.Encoding);
        }

        if ((frame.SampleRate, frame.Encoding) != (SampleRate, Encoding))
        {
            throw new InspectException($"the interaction changes from {Encoding} at {SampleRate} Hz to {frame.Encoding} at {frame.SampleRate} Hz; take the part before by --from and the other by itself");
        }

        var frames = _sessions.Find(s => s.Session == frame.Session).Frames;
        if (frames is null)
        {
            _sessions.Add((frame.Session, frames = []));
        }

        if (frames.TryAdd(frame.Seq, frame.Audio) && (_bytes += frame.Audio.Length) > MaxBytes)
        {
            throw new InspectException($"the interaction has more than {MaxBytes >> 20} MB of audio");
        }
    }

    /// <summary>What is missing between a session's first frame and its last, one sentence each.</summary>
    public IEnumerable<string> Gaps()
    {
        foreach (var (session, frames) in _sessions)
        {
            var expected = frames.Keys.First();
            foreach (var seq in frames.Keys)
            {
                if (seq > expected)
                {
                    yield return FormattableString.Invariant($"frames {expected} to {seq - 1} of session {session} are not in the stream");
                }

                expected = seq + 1;
            }
        }
    }

    /// <param name="withHead">A WAV file; else the samples alone.</param>
    public async Task<long> WriteAsync(Stream to, bool withHead, CancellationToken token)
    {
        if (withHead)
        {
            await to.WriteAsync(Head(), token);
        }

        foreach (var audio in _sessions.SelectMany(s => s.Frames.Values))
        {
            await to.WriteAsync(audio, token);
        }

        await to.FlushAsync(token);
        return _bytes;
    }

    private byte[] Head()
    {
        // The numbers of WAVE_FORMAT_PCM, _ALAW and _MULAW.
        var (format, sample) = Encoding switch
        {
            "pcm16" => (1, 2),
            "alaw" => (6, 1),
            "mulaw" or "ulaw" => (7, 1),
            _ => throw new InspectException($"audio in \"{Encoding}\" cannot be written as WAV; take --raw"),
        };
        var head = new byte[44];
        "RIFF"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), (uint)(36 + _bytes));
        "WAVEfmt "u8.CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(20), (ushort)format);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(24), (uint)SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(28), (uint)(SampleRate * sample));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(32), (ushort)sample);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(34), (ushort)(8 * sample));
        "data"u8.CopyTo(head.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(40), (uint)_bytes);
        return head;
    }
}
