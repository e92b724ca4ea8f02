using Mainstay.Supervisor.Logs;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>The daemon was killed in the middle of a call.</summary>
internal sealed class DeathException : Exception;

/// <summary>Files and pipes in memory that outlive the code under test, which can be killed inside any call, or find the disk full.</summary>
internal sealed class FakeLogDisk : ILogDisk
{
    private readonly Dictionary<string, Files> _services = [];
    private readonly Dictionary<string, SpoolContent> _spools = [];

    /// <summary>Calls made since the beginning.</summary>
    public int Calls { get; private set; }

    /// <summary>The call in which the daemon dies; the part of it that is still done is chosen by <see cref="Random"/>.</summary>
    public int? DieAt { get; set; }

    public Random Random { get; set; } = new(0);

    /// <summary>Bytes that the disk still takes; null means any number.</summary>
    public long? Room { get; set; }

    public IReadOnlyCollection<string> Spools => _spools.Keys;

    public IServiceFiles OpenService(string service)
    {
        Step();
        return _services.TryGetValue(service, out var files) ? files : _services[service] = new Files(this);
    }

    public ISpoolFile OpenSpool(string name)
    {
        Step();
        return new SpoolFile(this, name, _spools.TryGetValue(name, out var content) ? content : _spools[name] = new SpoolContent());
    }

    public ISpoolFile? FindSpool(string name) => _spools.TryGetValue(name, out var content) ? new SpoolFile(this, name, content) : null;

    /// <summary>The contents of a service's files, oldest first.</summary>
    public IEnumerable<byte[]> FilesOf(string service) =>
        _services.TryGetValue(service, out var files) ? files.All() : [];

    /// <summary>True when the daemon dies in this call.</summary>
    private bool Dies() => ++Calls == DieAt;

    private void Step()
    {
        // A call that is done whole or not at all.
        if (Dies())
        {
            throw new DeathException();
        }
    }

    private void Write(List<byte> content, ReadOnlySpan<byte> data, long offset)
    {
        var dies = Dies();
        var take = dies ? Random.Next(data.Length + 1) : data.Length;
        var grows = offset + take - content.Count;
        if (Room is { } room && grows > room)
        {
            take = (int)Math.Max(0, take - (grows - room));
            grows = offset + take - content.Count;
        }

        Room -= Math.Max(0, grows);
        while (content.Count < offset + take)
        {
            content.Add(0);
        }

        for (var i = 0; i < take; i++)
        {
            content[(int)offset + i] = data[i];
        }

        if (dies)
        {
            throw new DeathException();
        }

        if (take < data.Length)
        {
            throw new IOException("No space left on device");
        }
    }

    private static int Read(List<byte> content, Span<byte> buffer, long offset)
    {
        var count = (int)Math.Clamp(content.Count - offset, 0, buffer.Length);
        for (var i = 0; i < count; i++)
        {
            buffer[i] = content[(int)offset + i];
        }

        return count;
    }

    /// <summary>A service's stdout: what was printed and not yet taken.</summary>
    internal sealed class Pipe(FakeLogDisk disk) : IPipe
    {
        public Queue<byte> Content { get; } = new();

        public int MoveTo(ISpoolFile spool, long offset, int count)
        {
            var dies = disk.Dies();
            if (dies && disk.Random.Next(2) == 0)
            {
                throw new DeathException();
            }

            count = Math.Min(count, Content.Count);
            if (disk.Room is { } room)
            {
                if (room == 0 && count > 0)
                {
                    throw new IOException("No space left on device");
                }

                count = (int)Math.Min(room, count);
                disk.Room -= count;
            }

            var content = ((SpoolFile)spool).Content.Bytes;
            while (content.Count < offset)
            {
                content.Add(0);
            }

            Assert.Equal(offset, content.Count);
            for (var i = 0; i < count; i++)
            {
                content.Add(Content.Dequeue());
            }

            return dies ? throw new DeathException() : count;
        }

        public int Read(Span<byte> buffer)
        {
            disk.Step();
            var read = 0;
            while (read < buffer.Length && Content.TryDequeue(out var b))
            {
                buffer[read++] = b;
            }

            return read;
        }

        public void Remove() => disk.Step();

        public void Dispose()
        {
        }
    }

    internal sealed class SpoolContent
    {
        public List<byte> Bytes { get; set; } = [];
    }

    private sealed class SpoolFile(FakeLogDisk disk, string name, SpoolContent content) : ISpoolFile
    {
        public SpoolContent Content => content;

        public string Name => name;

        public long Length => content.Bytes.Count;

        public int Read(Span<byte> buffer, long offset) => FakeLogDisk.Read(content.Bytes, buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset) => disk.Write(content.Bytes, data, offset);

        public void Truncate(long length)
        {
            disk.Step();
            content.Bytes.RemoveRange((int)length, (int)(content.Bytes.Count - length));
        }

        public void Replace(ReadOnlySpan<byte> data)
        {
            var next = new List<byte>();
            disk.Write(next, data, 0);
            disk.Step();
            content.Bytes = next;
        }

        public void Remove()
        {
            disk.Step();
            disk._spools.Remove(name);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Files(FakeLogDisk disk) : IServiceFiles
    {
        private readonly SortedDictionary<int, List<byte>> _finished = [];
        private readonly List<byte> _cursor = [];
        private List<byte>? _current;

        public bool CurrentExists => _current is not null;

        public long Length => _current!.Count;

        public IEnumerable<byte[]> All() => _finished.Values.Append(_current ?? []).Select(f => f.ToArray());

        public int[] Numbers() => [.. _finished.Keys];

        public void OpenCurrent()
        {
            disk.Step();
            _current ??= [];
        }

        public void Write(ReadOnlySpan<byte> data, long offset) => disk.Write(_current!, data, offset);

        public int Read(Span<byte> buffer, long offset) => FakeLogDisk.Read(_current!, buffer, offset);

        public void FinishCurrent(int number)
        {
            disk.Step();
            _finished.Add(number, _current!);
            _current = null;
        }

        public void Delete(int number)
        {
            disk.Step();
            _finished.Remove(number);
        }

        public int ReadCursor(Span<byte> buffer) => FakeLogDisk.Read(_cursor, buffer, 0);

        public void WriteCursor(ReadOnlySpan<byte> slot, int index) => disk.Write(_cursor, slot, index * LogCursor.SlotSize);

        public void Dispose()
        {
        }
    }
}
