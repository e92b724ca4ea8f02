using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Linux.Files;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;
using Mainstay.Rollout.Ports;
using Mainstay.Supervisor.Processes;

namespace Mainstay.Daemon.Rollouts;

/// <summary>Runs a rollout's commands. Each belongs to one of a few marked places, so that the next daemon finds what a killed one left running.</summary>
/// <param name="hostVariables">PATH, HOME, USER, LANG and TZ for a user; null means our own.</param>
internal sealed class LinuxCommands(
    HomeMark home, Spawner spawner, ProcScanner processes, EventLoop loop, Func<string?, ImmutableSortedDictionary<string, string>> hostVariables, TimeProvider time) : ICommands, IDisposable
{
    /// <summary>At the same time; others wait, and their time begins with their turn.</summary>
    private const int Places = 16;

    private readonly SemaphoreSlim _turns = new(Places);
    private readonly bool[] _taken = new bool[Places];

    public async Task<CommandOutcome> RunAsync(CommandRequest request, Action<string> line, CancellationToken token)
    {
        try
        {
            await _turns.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new(null, null, false, "it was cancelled before its turn", TimeSpan.Zero, []);
        }

        var place = Take();
        try
        {
            return await RunInPlaceAsync(request, MarkOf(place), line, token).ConfigureAwait(false);
        }
        finally
        {
            Leave(place);
            _turns.Release();
        }
    }

    /// <summary>Ends what commands of an earlier daemon left; call before the first of this one.</summary>
    public void KillLeftovers()
    {
        var marks = processes.FreshMarks();
        foreach (var mark in Enumerable.Range(0, Places).Select(MarkOf).Where(m => marks.CarriersOf(m).Any()))
        {
            new ProcessTree(null, mark, null, processes).Kill();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<CommandOutcome> RunInPlaceAsync(CommandRequest request, string mark, Action<string> line, CancellationToken token)
    {
        var started = time.GetTimestamp();
        var (read, write) = Pipes.MakeForOutput();
        await using var output = new CommandLines(read, loop, line);
        SpawnOutcome outcome;
        using (write)
        {
            outcome = spawner.Spawn(new SpawnSpec
            {
                Argv = request.Command.Shell ? ["/bin/sh", "-c", .. request.Command.Argv] : request.Command.Argv,
                Directory = request.Directory,
                Environment = hostVariables(request.User).SetItems(request.Environment).SetItem(LinuxProcessHost.RunVariable, mark),
                User = request.User,
                Stdout = ChildOutput.ToDescriptor(write.Number),
                Stderr = ChildOutput.ToDescriptor(write.Number),
            });
        }

        if (outcome is SpawnOutcome.Failed failed)
        {
            return new(null, null, false, $"{failed.Stage.Phrase()}: {failed.Message}", time.GetElapsedTime(started), []);
        }

        using var process = ((SpawnOutcome.Started)outcome).Process.Follow(loop);
        var tree = new ProcessTree(process.Identity, mark, null, processes);
        var (exit, timedOut) = await EndAsync(process, tree, request.Timeout, token).ConfigureAwait(false);
        var took = time.GetElapsedTime(started);

        // Whom the command left behind (a build server, say) goes with it, whether he holds its output or not: a sealed release must not be written to.
        // It looks through /proc, so not on the caller's thread, and must end even if nobody waits for the command any more.
        await Task.Run(tree.Kill, CancellationToken.None).ConfigureAwait(false);
        var last = await output.FinishAsync().ConfigureAwait(false);
        return timedOut ? new(null, null, true, null, took, last)
            : exit.Code is { } code ? new(code, null, false, null, took, last)
            : new(null, exit.Signal is { } signal ? SignalNumber.NameOf(signal) : "an unknown signal", false, null, took, last);
    }

    private async Task<(ExitStatus Exit, bool TimedOut)> EndAsync(PidFd process, ProcessTree tree, TimeSpan timeout, CancellationToken token)
    {
        try
        {
            var exit = await process.Exited.WaitAsync(timeout, time, token).ConfigureAwait(false);
            tree.MainEnded();
            return (exit, false);
        }
        catch (TimeoutException)
        {
            return (default, true);
        }
        catch (OperationCanceledException)
        {
            // The contract is an outcome and no exception: whoever cancelled knows why.
            return (new ExitStatus(null, SignalNumber.SIGKILL), false);
        }
    }

    private string MarkOf(int place) => home.Of(string.Create(CultureInfo.InvariantCulture, $"rollout-command-{place}"));

    private int Take()
    {
        lock (_taken)
        {
            var place = Array.IndexOf(_taken, false);
            _taken[place] = true;
            return place;
        }
    }

    private void Leave(int place)
    {
        lock (_taken)
        {
            _taken[place] = false;
        }
    }
}
