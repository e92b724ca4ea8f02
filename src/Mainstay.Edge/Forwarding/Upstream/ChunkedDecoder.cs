using System.Text;

namespace Mainstay.Edge.Forwarding.Upstream;

/// <summary>Takes the chunk framing off a body, byte by byte across any division into reads. Pure; the caller owns all buffers.</summary>
internal struct ChunkedDecoder
{
    private const int MaxExtension = 1024;
    private const int MaxTrailers = 8 * 1024;

    private State _state;
    private long _remaining;
    private int _digits;
    private int _skipped;
    private StringBuilder? _trailers;

    private enum State
    {
        Size,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        Trailer,
        TrailerLf,
        LastLf,
        Done,
        Broken,
    }

    public readonly bool IsDone => _state == State.Done;

    public readonly bool IsBroken => _state == State.Broken;

    /// <summary>Trailer lines, each ended by a line feed; null when there were none.</summary>
    public readonly string? Trailers => _trailers?.ToString();

    /// <summary>Takes bytes up to the end of the next run of data. Returns that run (possibly empty); <paramref name="consumed"/> covers it and the framing around it.</summary>
    public ReadOnlySpan<byte> Next(ReadOnlySpan<byte> input, out int consumed)
    {
        for (var i = 0; i < input.Length; i++)
        {
            if (_state == State.Data)
            {
                var take = (int)Math.Min(_remaining, input.Length - i);
                _remaining -= take;
                if (_remaining == 0)
                {
                    _state = State.DataCr;
                }

                consumed = i + take;
                return input.Slice(i, take);
            }

            Step(input[i]);
            if (_state is State.Done or State.Broken)
            {
                consumed = i + 1;
                return default;
            }
        }

        consumed = input.Length;
        return default;
    }

    private void Step(byte b) => _state = _state switch
    {
        State.Size => Size(b),
        State.Extension => b switch
        {
            (byte)'\r' => State.SizeLf,
            (byte)'\n' or 0 => State.Broken,
            _ => ++_skipped > MaxExtension ? State.Broken : State.Extension,
        },
        State.SizeLf => b != '\n' ? State.Broken : _remaining == 0 ? State.TrailerStart : StartData(),
        State.DataCr => b == '\r' ? State.DataLf : State.Broken,
        State.DataLf => b == '\n' ? State.Size : State.Broken,
        State.TrailerStart => b == '\r' ? State.LastLf : Trailer(b),
        State.Trailer => b == '\r' ? State.TrailerLf : Trailer(b),
        State.TrailerLf => b == '\n' ? EndTrailer() : State.Broken,
        State.LastLf => b == '\n' ? State.Done : State.Broken,
        State.Data => State.Data,
        State.Done => State.Done,
        State.Broken => State.Broken,
    };

    private State Size(byte b)
    {
        var digit = b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
        if (digit >= 0)
        {
            // Fifteen digits cannot overflow, and nobody sends an exabyte in one chunk.
            _remaining = (_remaining << 4) | (uint)digit;
            return ++_digits > 15 ? State.Broken : State.Size;
        }

        return _digits == 0 ? State.Broken : b switch
        {
            (byte)'\r' => State.SizeLf,
            (byte)';' => State.Extension,
            _ => State.Broken,
        };
    }

    private State StartData()
    {
        (_digits, _skipped) = (0, 0);
        return State.Data;
    }

    private State Trailer(byte b)
    {
        _trailers ??= new();
        if (b is (byte)'\n' or 0 || _trailers.Length >= MaxTrailers)
        {
            return State.Broken;
        }

        _trailers.Append((char)b);
        return State.Trailer;
    }

    private State EndTrailer()
    {
        _trailers!.Append('\n');
        return State.TrailerStart;
    }
}
