using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Bench.Realtime;

/// <summary>
/// One call that sends frames of 3,200 bytes as fast as they are acknowledged. It writes bytes that were made before and reads as little as it can: with a client like those of real callers, half of what is measured is the client.
/// </summary>
internal sealed class FrameLoad : IDisposable
{
    private const int Audio = 3200;
    private const int AcksTogether = 10;
    private static readonly byte[] s_frame = MakeFrame();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dictionary<long, long> _sentAt = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly int _number;
    private readonly int _window;
    private int _held;
    private long _sent;

    /// <summary>Connected, before any of the calls begins: a server that is busy already would let the others wait.</summary>
    public FrameLoad(int port, int number, int window)
    {
        (_number, _window) = (number, window);
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Send(Encoding.ASCII.GetBytes($"GET /v1/ingest HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        ReadHead();
    }

    public long Acked { get; private set; }

    public List<double> LatenciesMs { get; } = [];

    public void Dispose() => _socket.Dispose();

    /// <summary>On a thread of its own, until the time is over; what is not acknowledged then is not counted.</summary>
    public void Run(TimeSpan length)
    {
        _socket.ReceiveTimeout = 500;
        _socket.Send(Masked(0x81, Encoding.UTF8.GetBytes($$"""{"event":"start","interaction_id":"i{{_number}}","tenant_id":"t","sample_rate":48000,"encoding":"pcm16"}""")));
        var frames = Enumerable.Range(0, _window).SelectMany(_ => s_frame).ToArray();
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var started = false;
        while (Stopwatch.GetTimestamp() < end)
        {
            ReadFrames(ref started);
            if (started)
            {
                Send(frames);
            }

            try
            {
                Receive();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut)
            {
                // Nothing is acknowledged at the moment.
            }
        }
    }

    private void Send(byte[] frames)
    {
        var count = (int)(Acked + _window - _sent);
        if (count <= 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        for (var next = _sent + 1; next <= _sent + count; next++)
        {
            if (next % AcksTogether == 0)
            {
                _sentAt[next] = now;
            }
        }

        _sent += count;
        _socket.Send(frames.AsSpan(0, count * s_frame.Length));
    }

    private void Receive()
    {
        var read = _socket.Receive(_buffer.AsSpan(_held));
        _held += read > 0 ? read : throw new InvalidOperationException($"it was closed: {Encoding.UTF8.GetString(_buffer, 0, _held)}");
    }

    private void ReadFrames(ref bool started)
    {
        var rest = _buffer.AsSpan(0, _held);
        while (rest.Length >= 2)
        {
            // Servers do not mask, and all they say here is short.
            var (head, size) = rest[1] < 126 ? (2, (int)rest[1]) : rest.Length >= 4 ? (4, BinaryPrimitives.ReadUInt16BigEndian(rest[2..])) : (4, ushort.MaxValue);
            if (rest.Length < head + size)
            {
                break;
            }

            var text = rest.Slice(head, size);
            started |= text.IndexOf("\"started\""u8) >= 0;
            var at = text.IndexOf("\"seq\":"u8);
            if (at >= 0 && text.IndexOf("\"ack\""u8) >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out long seq, out _))
            {
                Acked = Math.Max(Acked, seq);
                if (_sentAt.Remove(seq, out var sentAt))
                {
                    LatenciesMs.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
                }
            }

            rest = rest[(head + size)..];
        }

        // What is not whole yet.
        rest.CopyTo(_buffer);
        _held = rest.Length;
    }

    private void ReadHead()
    {
        int end;
        do
        {
            Receive();
            end = _buffer.AsSpan(0, _held).IndexOf("\r\n\r\n"u8);
        }
        while (end < 0);
        if (!_buffer.AsSpan(0, _held).StartsWith("HTTP/1.1 101"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(_buffer, 0, _held));
        }

        _buffer.AsSpan(end + 4, _held - end - 4).CopyTo(_buffer);
        _held -= end + 4;
    }

    private static byte[] MakeFrame() => Masked(0x82, new byte[Audio]);

    /// <summary>With a mask of zeroes, which is one: the bytes need not be made anew for each frame.</summary>
    private static byte[] Masked(byte first, byte[] payload) => payload.Length < 126
        ? [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
        : [first, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
}
