using System.Collections.Immutable;
using System.Text;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;

// A child between fork and exec has copies of all our descriptors, and a switch of users shows in the whole process: tests that look at either cannot share it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Mainstay.Linux.Tests;

/// <summary>A scratch directory, an event loop and a spawner on the real kernel, and the end of every process that a test started.</summary>
public sealed class Kernel : IDisposable
{
    private static int s_last;

    private readonly List<PidFd> _processes = [];

    public Kernel()
    {
        Scratch = Path.Combine(Path.GetTempPath(), $"mainstay-linux-tests-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}");
        Directory.CreateDirectory(Scratch);
        File.SetUnixFileMode(Scratch, (UnixFileMode)0b111_101_101);
        Loop = new EventLoop(e => Environment.FailFast("a callback threw", e));
        Spawner = new Spawner(Path.Combine(Scratch, "gates"));
    }

    public string Scratch { get; }

    public EventLoop Loop { get; }

    public Spawner Spawner { get; }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static ImmutableSortedDictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.Append(("PATH", "/usr/local/bin:/usr/bin:/bin")).ToImmutableSortedDictionary(v => v.Item1, v => v.Item2);

    public SpawnSpec Shell(string script, params string[] arguments) => new()
    {
        Argv = ["sh", "-c", script, "sh", .. arguments],
        Directory = Scratch,
        Environment = Variables(),
    };

    /// <summary>Starts a process that the test's end kills if it still runs.</summary>
    public PidFd Start(SpawnSpec spec)
    {
        var outcome = Spawner.Spawn(spec);
        var process = Assert.IsType<SpawnOutcome.Started>(outcome).Process.Follow(Loop);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a program to its end and returns what it wrote to stdout.</summary>
    public async Task<string> OutputOf(SpawnSpec spec)
    {
        var file = Path.Combine(Scratch, $"out-{Interlocked.Increment(ref s_last)}");
        await File.WriteAllTextAsync(file, "", Cancelled);
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        var status = await Start(spec with { Stdout = ChildOutput.ToPath(file) }).Exited.WaitAsync(Cancelled);
        Assert.Equal(new ExitStatus(0, null), status);
        return (await File.ReadAllTextAsync(file, Cancelled)).TrimEnd('\n');
    }

    public string Write(string name, string text, int mode = 0b111_101_101)
    {
        var path = Path.Combine(Scratch, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        return path;
    }

    /// <summary>The reading end of a FIFO, without waiting for a writer. Its end of file means: nobody has it open for writing at the moment.</summary>
    public static Descriptor Reader(string fifo) => new(Libc.Check(Libc.Open(fifo, Libc.RDONLY | Libc.NONBLOCK | Libc.CLOEXEC, 0), "open"));

    /// <summary>A pipe whose reading end tells, by its end, that all holders of the writing end have let go.</summary>
    public static unsafe (Descriptor Read, Descriptor Write) Pipe()
    {
        var ends = stackalloc int[2];
        Libc.Check(Libc.Pipe2(ends, Libc.CLOEXEC), "pipe");
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Signal(Linux.Signals.SignalNumber.SIGKILL);
            process.Dispose();
        }

        Loop.Dispose();
        Directory.Delete(Scratch, recursive: true);
    }
}
