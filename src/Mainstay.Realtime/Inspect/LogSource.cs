using System.Globalization;
using System.Runtime.CompilerServices;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Log;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Inspect;

/// <summary>A stream of the log adapter: the logs of all processes that ever wrote it, by the times of their records.</summary>
/// <param name="streams">The service's folder of streams.</param>
/// <param name="warn">Told of records that cannot be read.</param>
internal sealed class LogSource(string streams, string topic, TimeProvider time, Action<string> warn) : IStreamSource
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(streams, LogSession.FolderOf(topic));

    /// <summary>Topics that there are.</summary>
    public static IEnumerable<string> Topics(string streams) =>
        Directory.Exists(streams) ? Directory.EnumerateDirectories(streams, "stream-*").Select(d => Uri.UnescapeDataString(Path.GetFileName(d)["stream-".Length..])).Order(StringComparer.Ordinal) : [];

    public async IAsyncEnumerable<SeenRecord> ReadAsync(StartPoint from, bool follow, [EnumeratorCancellation] CancellationToken token)
    {
        if (!follow && !Directory.Exists(Folder))
        {
            throw new InspectException($"there is no stream \"{topic}\" in {streams}; there {(Topics(streams).ToArray() is { Length: > 0 } known ? $"are: {string.Join(", ", known)}" : "are none")}");
        }

        var since = Begin(from);
        while (true)
        {
            Look(since);
            while (_parts.Values.Where(p => p.Peek() is not null).MinBy(p => p.Peek()!.At) is { } first)
            {
                token.ThrowIfCancellationRequested();
                var record = first.Take();
                if (record.At >= since && RecordForm.Read(record) is { } whole)
                {
                    yield return new($"{first.Name}:{record.Offset.ToString(CultureInfo.InvariantCulture)}", record.At, whole);
                }
            }

            if (!follow)
            {
                yield break;
            }

            await Task.Delay(s_pace, time, token);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var part in _parts.Values)
        {
            part.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What is older is not shown.</summary>
    private DateTimeOffset Begin(StartPoint from)
    {
        switch (from)
        {
            case StartPoint.Since(var moment):
                return moment;
            case StartPoint.Newest:
                Look(DateTimeOffset.MinValue);
                foreach (var part in _parts.Values)
                {
                    part.ToEnd();
                }

                return DateTimeOffset.MinValue;
            case StartPoint.At(var position):
                return Open(position);
            default:
                return DateTimeOffset.MinValue;
        }
    }

    /// <summary>The log that the position names begins there; of the others, what is as young as its record.</summary>
    private DateTimeOffset Open(string position)
    {
        if (position.Split(':') is not [var name, var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || !Directory.Exists(Path.Combine(Folder, name)))
        {
            throw new InspectException($"\"{position}\" is no position in \"{topic}\": say start, end, a time such as 2026-11-22T03:00:00Z, a duration such as 10m, or a position as tail shows it");
        }

        var part = Add(name, offset);
        return part.Peek()?.At ?? DateTimeOffset.MinValue;
    }

    /// <summary>Logs that have come since.</summary>
    private void Look(DateTimeOffset since)
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (var name in Directory.EnumerateDirectories(Folder).Select(d => Path.GetFileName(d)!).Where(n => !_parts.ContainsKey(n)).Order(StringComparer.Ordinal).ToList())
        {
            Add(name, since > DateTimeOffset.MinValue ? LogReader.Near(Path.Combine(Folder, name), since) : 0);
        }
    }

    private Part Add(string name, long offset) => _parts[name] = new(name, new(Path.Combine(Folder, name), offset)
    {
        Missed = (from, next, because) =>
        {
            // Before the first record that was asked for, nothing is missed.
            if (from > 0)
            {
                warn($"records {from} to {next - 1} of {name} cannot be read: {because}");
            }
        },
    });

    /// <summary>One process's log, and its record that comes next.</summary>
    private sealed class Part(string name, LogReader reader) : IDisposable
    {
        private LogRecord? _next;

        public string Name => name;

        public LogRecord? Peek() => _next ??= reader.Next();

        public LogRecord Take()
        {
            var taken = _next!;
            _next = null;
            return taken;
        }

        public void ToEnd()
        {
            while (Peek() is not null)
            {
                _next = null;
            }
        }

        public void Dispose() => reader.Dispose();
    }
}
