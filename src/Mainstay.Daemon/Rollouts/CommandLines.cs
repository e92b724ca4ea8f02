using System.Collections.Immutable;
using System.Text;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;

namespace Mainstay.Daemon.Rollouts;

/// <summary>A command's output as lines. Always read to its end, so that a talkative command is never held up.</summary>
internal sealed class CommandLines : IDisposable
{
    private const int KeptLines = 200;
    private const int KeptLength = 1000;

    /// <summary>A path has at most 4,096 bytes, and git puts one in a line; what is longer is a line break that was forgotten.</summary>
    private const int LongestLine = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _line = new byte[LongestLine];
    private readonly Queue<string> _last = new();
    private readonly Action<string> _each;
    private readonly Descriptor _read;
    private readonly Watch _watch;
    private int _length;

    public CommandLines(Descriptor read, EventLoop loop, Action<string> each)
    {
        _each = each;
        _read = read;
        _watch = loop.Register(read, Readiness.None, _ => More());
        _watch.Rearm();
    }

    /// <summary>Whoever could still write has closed the pipe.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes what is there now, and what is left of a last line; call when the command has ended.</summary>
    public ImmutableArray<string> Finish()
    {
        lock (_gate)
        {
            // What ended has written all it will, and a pipe holds no more than one drain takes; a child of it that writes on and on is not waited for.
            for (var drains = 2; drains > 0 && !HasEnded && Drain(); drains--)
            {
            }

            if (_length > 0)
            {
                End();
            }

            return [.. _last];
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _read.Dispose();
    }

    private void More()
    {
        lock (_gate)
        {
            Drain();
            if (HasEnded)
            {
                return;
            }
        }

        _watch.Rearm();
    }

    /// <summary>At most one pipe load, so that the loop's thread is not kept. False when nothing is there.</summary>
    private bool Drain()
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (var loads = 16; loads > 0; loads--)
        {
            switch (Pipes.Read(_read, buffer))
            {
                case null:
                    return false;
                case 0:
                    HasEnded = true;
                    return false;
                case { } read:
                    Take(buffer[..read]);
                    break;
            }
        }

        return true;
    }

    private void Take(ReadOnlySpan<byte> news)
    {
        while (news.Length > 0)
        {
            var end = news.IndexOf((byte)'\n');
            var part = end < 0 ? news : news[..end];
            var room = Math.Min(part.Length, LongestLine - _length);
            part[..room].CopyTo(_line.AsSpan(_length));
            _length += room;
            news = news[(end < 0 ? room : Math.Min(room + (room == part.Length ? 1 : 0), news.Length))..];
            if ((end >= 0 && room == part.Length) || _length == LongestLine)
            {
                End();
            }
        }
    }

    private void End()
    {
        var text = Encoding.UTF8.GetString(_line, 0, _length).TrimEnd('\r');
        _length = 0;
        _last.Enqueue(text.Length <= KeptLength ? text : text[..(KeptLength - 1)] + "…");
        if (_last.Count > KeptLines)
        {
            _last.Dequeue();
        }

        _each(text);
    }
}
