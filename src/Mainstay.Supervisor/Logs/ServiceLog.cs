using System.Text;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Logs;

/// <summary>
/// The only writer of one service's log files. Every batch is announced in the cursor, written, and then marked done in its spool, so
/// that after a death at any instant (<see cref="FinishInterrupted"/>) the batch is completed to the byte, never repeated, never lost.
/// docs/state-machines/log-capture.md shows the steps and what each death leaves.
/// </summary>
/// <remarks>Every method throws <see cref="IOException"/> when the disk refuses; calling again goes on where it stopped.</remarks>
internal sealed class ServiceLog(string service, ILogDisk disk, LogScratch scratch, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LookForCurrentEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Spool> _spools = new(StringComparer.Ordinal);
    private IServiceFiles? _files;
    private LogCursor _cursor = LogCursor.Nothing;
    private long _sequence;
    private bool _interrupted;
    private long _lookedForCurrent;
    private (string Instance, long Lines, long Bytes) _loss;

    public string Service => service;

    public LogsSpec Limits { get; set; } = LogsSpec.Default;

    /// <summary>The stream's batches can be made again from this spool.</summary>
    public void Attach(Spool spool) => _spools[spool.File.Name] = spool;

    public void Detach(Spool spool) => _spools.Remove(spool.File.Name);

    public bool HasStreams => _spools.Count > 0;

    /// <summary>Does what an earlier daemon could not finish.</summary>
    public void Recover() => MakeReady();

    /// <summary>Writes one batch of whole lines from the spool. False when there is none.</summary>
    public bool WriteLines(Spool spool, LogStream stream, Unended unended)
    {
        if (spool.Backlog == 0 || (unended is Unended.Keep && !spool.HasNews))
        {
            return false;
        }

        var files = MakeReady();
        var read = spool.Read(scratch.Input);
        unended = read == spool.Backlog ? unended : Unended.Keep;
        var at = time.GetUtcNow();
        scratch.Prefix.Set(at, spool.Header.Instance, stream);
        var framed = FrameForCurrent(files, scratch.Input.AsSpan(0, read), unended);
        if (framed.Consumed == 0)
        {
            spool.LookedAt();
            return false;
        }

        var batch = scratch.Output.AsSpan(0, framed.Written);
        var to = spool.Header.Processed + framed.Consumed;
        var length = files.Length;
        Announce(files, new LogCursor(CursorKind.Lines, _cursor.Number, length, batch.Length)
        {
            Spool = spool.File.Name,
            Generation = spool.Header.Generation,
            From = spool.Header.Processed,
            To = to,
            At = at,
            Instance = spool.Header.Instance,
            Stream = stream,
            Unended = unended,
        });
        _interrupted = true;
        files.Write(batch, length);
        spool.Done(to);
        _interrupted = false;
        spool.Recent?.Add(batch);
        return true;
    }

    /// <summary>Writes Mainstay's own lines, cut to what the cursor can hold.</summary>
    public void WriteRemark(string instance, string text) => WriteOwn(MakeReady(), instance, text);

    /// <summary>Remembers what had to be given up, to be said with the next thing that the disk takes.</summary>
    public void NoteLoss(string instance, long lines, long bytes) => _loss = (instance, _loss.Lines + lines, _loss.Bytes + bytes);

    /// <summary>Lets go of the files; the next write opens them again.</summary>
    public void Close()
    {
        _files?.Dispose();
        _files = null;
    }

    public void Dispose() => Close();

    private void WriteOwn(IServiceFiles files, string instance, string text)
    {
        var lines = Encoding.UTF8.GetBytes(text.Length > LogCursor.MaxRemark ? text[..LogCursor.MaxRemark] : text);
        scratch.Prefix.Set(time.GetUtcNow(), instance, LogStream.Sys);
        var framed = LineFramer.Frame(lines, lines.Length, Unended.AsLine, scratch.Prefix, scratch.Output.AsSpan(0, LogCursor.MaxRemark));
        if (framed.Written > Limits.MaxSize - files.Length && files.Length > 0)
        {
            Rotate(files);
        }

        var batch = scratch.Output.AsSpan(0, framed.Written);
        var length = files.Length;
        Announce(files, new LogCursor(CursorKind.Remark, _cursor.Number, length, batch.Length, Remark: batch.ToArray()));
        _interrupted = true;
        try
        {
            files.Write(batch, length);
            _interrupted = false;
        }
        catch (IOException)
        {
            // The cursor holds all of it, so the next write to this log finishes it; said again it would stand there twice.
        }
    }

    /// <summary>As many lines as there is room for in the current file, which is rotated when there is room for none.</summary>
    private Framed FrameForCurrent(IServiceFiles files, ReadOnlySpan<byte> input, Unended unended)
    {
        var length = files.Length;
        var framed = Frame(input, LogScratch.BatchBytes, Limits.MaxSize - length);
        if (framed is { Written: 0, NeedsRoom: true } && length > 0)
        {
            Rotate(files);
            framed = Frame(input, LogScratch.BatchBytes, Limits.MaxSize);
        }

        // A line that is longer than a whole file may be gets a file of its own.
        return framed is { Written: 0, NeedsRoom: true } ? Frame(input, 1, LogLine.MaxLineBytes) : framed;

        Framed Frame(ReadOnlySpan<byte> bytes, int stopAt, long room) =>
            LineFramer.Frame(bytes, stopAt, unended, scratch.Prefix, scratch.Output.AsSpan(0, (int)Math.Clamp(room, 0, scratch.Output.Length)));
    }

    private void Announce(IServiceFiles files, LogCursor cursor)
    {
        var sequence = _sequence + 1;
        files.WriteCursor(Slots.Seal(scratch.Slot, sequence, cursor.Encode(scratch.Slot.AsSpan(Slots.Overhead))), Slots.IndexOf(sequence));
        (_cursor, _sequence) = (cursor, sequence);
    }

    private void Rotate(IServiceFiles files)
    {
        var number = Math.Max(_cursor.Number, files.Numbers().LastOrDefault()) + 1;
        Announce(files, new LogCursor(CursorKind.Rotation, number));
        _interrupted = true;
        FinishRotation(files, number);
        _interrupted = false;
    }

    private void FinishRotation(IServiceFiles files, int number)
    {
        if (files.CurrentExists && !files.Numbers().Contains(number))
        {
            files.FinishCurrent(number);
        }

        files.OpenCurrent();
        DeleteOld(files);
    }

    private void DeleteOld(IServiceFiles files)
    {
        foreach (var old in files.Numbers().SkipLast(Math.Max(0, Limits.MaxFiles - 1)))
        {
            files.Delete(old);
        }
    }

    private IServiceFiles MakeReady()
    {
        if (_files is null)
        {
            var files = disk.OpenService(service);
            var cursor = new byte[2 * LogCursor.SlotSize];
            _cursor = LogCursor.Decode(cursor.AsSpan(0, files.ReadCursor(cursor)), out _sequence);
            _files = files;
            _interrupted = true;
        }

        if (_interrupted)
        {
            FinishInterrupted(_files);
            _interrupted = false;
            DeleteOld(_files);
        }
        else if (time.GetElapsedTime(_lookedForCurrent) >= LookForCurrentEvery)
        {
            if (!_files.CurrentExists)
            {
                _files.OpenCurrent();
            }

            _lookedForCurrent = time.GetTimestamp();
        }

        if (_loss.Bytes > 0)
        {
            WriteOwn(_files, _loss.Instance, $"{_loss.Lines} lines ({_loss.Bytes} bytes) of processes that have ended were dropped: the disk took nothing");
            _loss = default;
        }

        return _files;
    }

    /// <summary>Does the rest of what the cursor announced, whether a daemon died or the disk refused in the middle of it.</summary>
    private void FinishInterrupted(IServiceFiles files)
    {
        switch (_cursor.Kind)
        {
            case CursorKind.Rotation:
                FinishRotation(files, _cursor.Number);
                return;
            case CursorKind.Lines:
                files.OpenCurrent();
                FinishLines(files);
                break;
            case CursorKind.Remark:
                files.OpenCurrent();
                Complete(files, _cursor.Remark.Span);
                break;
            case CursorKind.Idle:
                files.OpenCurrent();
                break;
        }

        EndTornLine(files);
    }

    private void FinishLines(IServiceFiles files)
    {
        var attached = _spools.GetValueOrDefault(_cursor.Spool);
        using var file = attached is null ? disk.FindSpool(_cursor.Spool) : null;
        var spool = attached ?? (file is null ? null : Spool.Open(file, service, _cursor.Instance, time.GetUtcNow()));
        if (spool is null || spool.Header.Generation != _cursor.Generation || spool.Header.Processed >= _cursor.To)
        {
            return;
        }

        var (consumed, length) = ((int)(_cursor.To - _cursor.From), _cursor.BatchLength);
        var read = spool.ReadAt(scratch.Input, _cursor.From);
        scratch.Prefix.Set(_cursor.At, _cursor.Instance, _cursor.Stream);
        var framed = LineFramer.Frame(scratch.Input.AsSpan(0, read), consumed, _cursor.Unended, scratch.Prefix, scratch.Output);
        if (framed.Consumed != consumed || framed.Written != length)
        {
            // Not the bytes that were announced: somebody changed the spool. What is in it will be written as a new batch, rather twice than not at all.
            return;
        }

        Complete(files, scratch.Output.AsSpan(0, length));
        spool.Done(_cursor.To);
        spool.Recent?.Add(scratch.Output.AsSpan(0, length));
    }

    private void Complete(IServiceFiles files, ReadOnlySpan<byte> batch)
    {
        // Shorter than before: somebody emptied the file meanwhile, and with it what was written of the batch.
        var length = files.Length;
        var written = length < _cursor.LengthBefore ? 0 : (int)Math.Min(batch.Length, length - _cursor.LengthBefore);
        files.Write(batch[written..], length);
    }

    /// <summary>A power cut may leave half a line; the next one must not be glued to it.</summary>
    private static void EndTornLine(IServiceFiles files)
    {
        Span<byte> last = [(byte)'\n'];
        var length = files.Length;
        if (length > 0 && files.Read(last, length - 1) == 1 && last[0] != '\n')
        {
            files.Write("\n"u8, length);
        }
    }
}
