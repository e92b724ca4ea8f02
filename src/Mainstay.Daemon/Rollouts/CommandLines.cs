using System.Collections.Immutable;
using System.Text;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;

namespace Mainstay.Daemon.Rollouts;

/// <summary>A command's output as lines. Always read to its end, so that a talkative command is never held up.</summary>
internal sealed class CommandLines : IAsyncDisposable
{
    private const int KeptLines = 200;
    private const int KeptLength = 1000;

    /// <summary>A path has at most 4,096 bytes, and git puts one in a line; what is longer is a line break that was forgotten.</summary>
    private const int LongestLine = 16 * 1024;

    private readonly byte[] _line = new byte[LongestLine];
    private readonly Queue<string> _last = new();
    private readonly Action<string> _each;
    private readonly OutputReader _reader;
    private int _length;

    public CommandLines(Descriptor read, EventLoop loop, Action<string> each)
    {
        _each = each;
        _reader = new(read, loop, Take);
    }

    /// <summary>Takes what is there now, and what is left of a last line; call when the command has ended.</summary>
    public async Task<ImmutableArray<string>> FinishAsync()
    {
        await _reader.FinishAsync().ConfigureAwait(false);
        if (_length > 0)
        {
            End();
        }

        return [.. _last];
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

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
