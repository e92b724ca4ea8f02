using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Journal;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Signals;
using Mainstay.Spec.Model;
using Mainstay.Spec.Shipped;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Instances;

/// <summary>The acts: making, signalling, killing and letting go of processes.</summary>
internal sealed partial class InstanceRunner
{
    private void Perform(InstanceEffect effect, Transition step, Run? acting, TimeSpan now)
    {
        switch (effect)
        {
            case InstanceEffect.Terminate:
                acting?.Process?.Signal(StopSignal(_work));
                break;
            case InstanceEffect.KillTree:
                acting?.Process?.KillTree();
                break;
            case InstanceEffect.Report report:
                _failure = GatherAsync(report.Failure, step, acting, now);
                _background.Add(_failure);
                break;
        }
    }

    /// <summary>What ships with Mainstay takes SIGTERM for "as soon as nobody needs you", and SIGINT for "now, politely".</summary>
    private static int StopSignal(LaneWork work) =>
        work.Spec.Kind is ServiceKind.Process ? NumberOf(work.Spec.Stop.Signal) : work.Policy.Unhurried ? SignalNumber.SIGTERM : SignalNumber.SIGINT;

    /// <summary>The manifest was validated; a name that is not known here can only come from a newer one, and SIGTERM is the safe reading.</summary>
    private static int NumberOf(string signal) => SignalNumber.TryParse(signal, out var number) ? number : SignalNumber.SIGTERM;

    /// <summary>Chooses what must be known before the spawn is journaled: the run's name and its port.</summary>
    private Run Prepare(int generation)
    {
        var run = new Run(_context.Ledger.NextRun(Id), generation, _work.Release, port: null);
        try
        {
            run.Port = _work.Spec.Port switch
            {
                { Kind: PortKind.Fixed } port => port.Number,
                { Kind: PortKind.Auto } => _context.Ports.Listeners.Pick(),
                { Kind: PortKind.Inherit } => _context.Ports.Listeners.Listen(Key, _record.Port, running: null).Port,
                { Kind: PortKind.None } => null,
                _ => null,
            };
        }
        catch (Exception e)
        {
            run.SpawnFailure = new("taking a port", 0, e.Message);
        }

        return run;
    }

    private void Spawn(Run run)
    {
        _run = run;
        try
        {
            var result = run.SpawnFailure is { } known ? known : TrySpawn(run);
            if (result is SpawnResult.Started started)
            {
                Attach(run, started.Process);
                _record = _record with { Process = started.Process.Identity };
                _context.Ledger.Save(JournalBatch.Put(RecordKind.Instance, Key, JsonSerializer.Serialize(_record, SupervisorJson.Default.InstanceRecord)));
                return;
            }

            run.SpawnFailure = (SpawnResult.Failed)result;
        }
        catch (Exception e)
        {
            // Whatever went wrong on the way to a process is a failed start like any other, with the brake on it.
            run.SpawnFailure = new("preparing the start", 0, e.Message);
        }

        _context.Logger.SpawnFailed(Id, run.SpawnFailure.Stage, run.SpawnFailure.Message);
        Post(InstanceEvent.SpawnFailed(run.Generation, $"could not be started: {run.SpawnFailure.Stage}: {run.SpawnFailure.Message}", _context.Chance.Next()));
    }

    private SpawnResult TrySpawn(Run run)
    {
        var (spec, ports) = (_work.Spec, _context.Ports);
        if (spec.Port.Kind is PortKind.Fixed && ports.Listeners.Holder(spec.Port.Number) is { } holder)
        {
            run.PortHolder = holder;
            return new SpawnResult.Failed(string.Create(CultureInfo.InvariantCulture, $"taking port {spec.Port.Number}"), Errno.EADDRINUSE, $"it is held by {holder}");
        }

        run.Output = ports.Logs.Capture(Service, Id, run.Id, spec.Logs, spec.User);
        run.Environment = Environment(run);
        run.EnvironmentNames = [.. run.Environment.Keys];
        return ports.Processes.Spawn(new(
            run.Id,
            Argv(spec),
            spec.Directory,
            run.Environment,
            run.Output.StdoutFifo,
            run.Output.StderrFifo,
            spec.User,
            spec.Resources.OpenFiles,
            spec.Port.Kind is PortKind.Inherit ? ports.Listeners.Listen(Key, run.Port, running: null).Descriptor : null,
            spec.Resources.Memory,
            spec.Resources.Cpus));
    }

    private ImmutableArray<string> Argv(ServiceSpec spec) => spec.Kind switch
    {
        ServiceKind.Process => spec.Command.Shell ? ["/bin/sh", "-c", .. spec.Command.Argv] : spec.Command.Argv,
        ServiceKind.Ingest or ServiceKind.Hub => ShippedService.Argv(spec.Kind, _context.Options.OwnProgram),
    };

    private ImmutableSortedDictionary<string, string> Environment(Run run)
    {
        var spec = _work.Spec;
        var notifies = spec.Healthcheck?.Probe is NotifyProbeSpec || spec.Kind is ServiceKind.Ingest;
        return ProcessEnvironment.Of(
            _context.Options.HostEnvironment(spec.User),
            _work.Environment,
            new(
                _work.Stack,
                spec.Name.Value,
                Index,
                _work.ReleaseName,
                run.Id,
                run.Port,
                notifies ? OpenNotify(run) : null,
                notifies ? InstancePolicy.WatchdogOf(spec.Healthcheck!) : null,
                spec.Port.Kind is PortKind.Inherit,
                spec.Kind is ServiceKind.Process ? null : _context.Options.DataOf(spec.Name.Value)));
    }

    private string OpenNotify(Run run) => _context.Ports.Notify.Open(run.Id, _work.Spec.User, message => Notified(run, message));

    private void Notified(Run run, NotifyMessage message)
    {
        if (message.Status is { } status)
        {
            run.StatusText = status;
        }

        if (message.ExtendTimeout is { } span)
        {
            Post(InstanceEvent.TimeoutExtended(run.Generation, span));
        }

        if (message.Ready)
        {
            Post(InstanceEvent.NotifiedReady(run.Generation));
        }

        if (message.WatchdogTrigger)
        {
            Post(InstanceEvent.WatchdogTriggered(run.Generation));
        }
        else if (message.Watchdog)
        {
            Post(InstanceEvent.WatchdogPinged(run.Generation));
        }
    }

    private void Attach(Run run, IRunningProcess process)
    {
        run.Process = process;
        _run = run;
        _background.Add(WatchExitAsync(run, process));
        if (_work.Check is { Probe: not NotifyProbeSpec })
        {
            _background.Add(ProbeAsync(run));
        }
    }

    private async Task WatchExitAsync(Run run, IRunningProcess process)
    {
        // At the daemon's end the process lives on and this wait must not hold the end up.
        try
        {
            var exit = await process.Exited.WaitAsync(_closing.Token);
            Post(InstanceEvent.Exited(run.Generation, exit, _context.Chance.Next()));
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }

    /// <summary>The process has ended: nobody asks for its health any more, its last lines are read, and what it had is given back.</summary>
    private void Retire(Run run)
    {
        run.End();
        if (_run == run)
        {
            _run = null;
        }

        _context.Ports.Notify.Close(run.Id);
        _background.Add(LetGoAsync(run));
    }

    private static async Task LetGoAsync(Run run)
    {
        await run.ReadLastLinesAsync();
        run.Dispose();
    }

    private async Task<FailureFacts> GatherAsync(FailureKind kind, Transition step, Run? run, TimeSpan now)
    {
        var (work, state) = (_work, step.Next);
        var alive = run?.Process is { Exited.IsCompleted: false } process ? process : null;
        var listening = alive?.Listening();
        var holder = run?.PortHolder ?? (alive is null && run?.Port is { } port && kind is FailureKind.ExitedBeforeReady ? _context.Ports.Listeners.Holder(port) : null);
        if (run is not null && alive is null)
        {
            await FirstOfAsync(run.ReadLastLinesAsync(), _context.Options.LastLinesWait);
        }

        return new(
            Service,
            Id,
            kind,
            step.Because,

            // With the variables of env files: by them secrets are known and blotted out.
            work.Spec with { Environment = work.Environment },
            run?.Port,
            listening,
            holder,
            run?.Process is { Exited.IsCompletedSuccessfully: true } ended ? await ended.Exited : null,
            run?.SpawnFailure,
            now - state.StartedAt,
            work.Policy.StartDeadline,
            state.FailedStarts,
            run?.Probes.Read() ?? [],
            run?.Probes.LeftOut ?? 0,
            run?.Output?.LastLines(50) ?? [],
            run?.EnvironmentNames ?? [],
            Waiting: [],
            Kept: null);
    }

    /// <summary>Not cut short when this instance is removed: a failed successor is removed at once, and its last lines are what the user needs.</summary>
    private async Task FirstOfAsync(Task task, TimeSpan limit)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(task, Task.Delay(limit, _context.Ports.Time, enough.Token));
        enough.Cancel();
    }
}
