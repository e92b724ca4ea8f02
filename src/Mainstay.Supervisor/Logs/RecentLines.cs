using System.Collections.Immutable;
using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

/// <summary>The newest lines of one run, kept as they stand in the file: at most <see cref="MaxLines"/> and <see cref="MaxBytes"/>.</summary>
internal sealed class RecentLines
{
    public const int MaxLines = 100;
    public const int MaxBytes = 16 * 1024;

    private readonly Lock _gate = new();
    private byte[] _lines = [];
    private int _length;

    /// <summary>Takes over formatted lines, each with its line end.</summary>
    public void Add(ReadOnlySpan<byte> batch)
    {
        var newest = Newest(batch);
        lock (_gate)
        {
            // Where not all of the batch is kept, what stood before it must not be: there would be a hole between them.
            var held = newest.Length < batch.Length ? [] : Newest(_lines.AsSpan(0, _length), MaxBytes - batch.Length, MaxLines - batch.Count((byte)'\n'));
            batch = newest;
            var wanted = held.Length + batch.Length;
            if (wanted > _lines.Length)
            {
                var larger = new byte[Math.Min(MaxBytes, Math.Max(1024, wanted * 2))];
                held.CopyTo(larger);
                _lines = larger;
            }
            else
            {
                held.CopyTo(_lines);
            }

            batch.CopyTo(_lines.AsSpan(wanted - batch.Length));
            _length = wanted;
        }
    }

    /// <summary>The newest lines, oldest first.</summary>
    public ImmutableArray<LogRecord> Take(int count)
    {
        var records = ImmutableArray.CreateBuilder<LogRecord>();
        lock (_gate)
        {
            ReadOnlySpan<byte> rest = Newest(_lines.AsSpan(0, _length), MaxBytes, count);
            while (rest.IndexOf((byte)'\n') is var end and >= 0)
            {
                if (LogLine.TryParse(rest[..end], out LogLineParts parts))
                {
                    records.Add(parts.ToRecord());
                }

                rest = rest[(end + 1)..];
            }
        }

        return records.DrainToImmutable();
    }

    /// <summary>The newest whole lines of a batch that are within both limits; of a single line that is too long, its beginning.</summary>
    private static ReadOnlySpan<byte> Newest(ReadOnlySpan<byte> batch)
    {
        var newest = Newest(batch, MaxBytes, MaxLines);
        if (newest.Length > 0 || batch.Length == 0)
        {
            return newest;
        }

        var start = batch[..^1].LastIndexOf((byte)'\n') + 1;
        var cut = batch.Slice(start, MaxBytes).ToArray();
        cut[^1] = (byte)'\n';
        return cut;
    }

    private static ReadOnlySpan<byte> Newest(ReadOnlySpan<byte> lines, int bytes, int count)
    {
        var start = lines.Length;
        for (; count > 0 && start > 0; count--)
        {
            var previous = lines[..(start - 1)].LastIndexOf((byte)'\n') + 1;
            if (lines.Length - previous > bytes)
            {
                break;
            }

            start = previous;
        }

        return lines[start..];
    }
}
