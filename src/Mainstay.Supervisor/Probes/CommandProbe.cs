using System.Text;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>Runs a command as the service would run it; 0 is well. What does not end in time is killed with everything it started.</summary>
internal sealed class CommandProbe(Spawner spawner, EventLoop loop, ProcScanner processes) : IDisposable
{
    /// <summary>Commands at the same time; the others wait for their turn, and their time begins with it.</summary>
    private const int AtOnce = 16;

    private readonly SemaphoreSlim _turns = new(AtOnce);
    private long _lastRun;

    public async Task<(ProbeOutcome Outcome, string Detail)> RunAsync(CommandProbeSpec probe, ProbeTarget target, TimeProvider time, CancellationToken token)
    {
        await _turns.WaitAsync(token).ConfigureAwait(false);
        try
        {
            return await RunInTurnAsync(probe, target, time, token).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<(ProbeOutcome, string)> RunInTurnAsync(CommandProbeSpec probe, ProbeTarget target, TimeProvider time, CancellationToken token)
    {
        // A mark of its own: by that of the service, ending a stuck probe would end the service.
        var mark = $"probe-{Environment.ProcessId}-{Interlocked.Increment(ref _lastRun)}";
        var (read, write) = Pipes.MakeForOutput();
        await using var output = new CommandOutput(read, loop);
        SpawnOutcome outcome;
        using (write)
        {
            outcome = spawner.Spawn(new SpawnSpec
            {
                Argv = probe.Command.Shell ? ["/bin/sh", "-c", .. probe.Command.Argv] : probe.Command.Argv,
                Directory = target.Directory,
                Environment = target.Environment.SetItem("MAINSTAY_RUN", mark),
                User = target.User,
                Stdout = ChildOutput.ToDescriptor(write.Number),
                Stderr = ChildOutput.ToDescriptor(write.Number),
            });
        }

        if (outcome is SpawnOutcome.Failed failed)
        {
            return (ProbeOutcome.CommandFailed, $"{failed.Stage.Phrase()}: {failed.Message}");
        }

        using var process = ((SpawnOutcome.Started)outcome).Process.Follow(loop);
        try
        {
            var exit = await process.Exited.WaitAsync(target.Timeout, time, token).ConfigureAwait(false);
            return Judge(exit, await output.TakeAsync().ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            await KillAsync(process, mark).ConfigureAwait(false);
            return (ProbeOutcome.TimedOut, $"did not end within {target.Timeout.TotalSeconds:0.###} s and was killed{Expectation.Snippet(await output.TakeAsync().ConfigureAwait(false))}");
        }
        catch (OperationCanceledException)
        {
            await KillAsync(process, mark).ConfigureAwait(false);
            throw;
        }
    }

    // Looks through /proc, so not on the caller's thread. It must end even if nobody waits for the probe any more.
    private Task<bool> KillAsync(PidFd process, string mark) =>
        Task.Run(() => new ProcessTree(process.Identity, mark, null, processes).Kill(), CancellationToken.None);

    private static (ProbeOutcome, string) Judge(ExitStatus exit, string output) => exit switch
    {
        { Code: 0 } => (ProbeOutcome.Passed, "exit code 0"),
        { Code: { } code } => (ProbeOutcome.CommandFailed, $"exit code {code}{Expectation.Snippet(output)}"),
        { Signal: { } signal } => (ProbeOutcome.CommandFailed, $"killed by {SignalNumber.NameOf(signal)}{Expectation.Snippet(output)}"),
        _ => (ProbeOutcome.Broken, "ended, but nobody could say how"),
    };

    /// <summary>The end of what a command printed. The rest is read and forgotten, so that a talkative command does not block.</summary>
    private sealed class CommandOutput : IAsyncDisposable
    {
        private const int Kept = 1024;

        private readonly byte[] _tail = new byte[Kept];
        private readonly OutputReader _reader;
        private int _length;

        public CommandOutput(Descriptor read, EventLoop loop) => _reader = new(read, loop, Keep);

        public async Task<string> TakeAsync()
        {
            await _reader.FinishAsync().ConfigureAwait(false);
            return Encoding.UTF8.GetString(_tail, 0, _length);
        }

        public ValueTask DisposeAsync() => _reader.DisposeAsync();

        private void Keep(ReadOnlySpan<byte> news)
        {
            news = news.Length > Kept ? news[^Kept..] : news;
            var held = Math.Min(_length, Kept - news.Length);
            _tail.AsSpan(_length - held, held).CopyTo(_tail);
            news.CopyTo(_tail.AsSpan(held));
            _length = held + news.Length;
        }
    }
}
