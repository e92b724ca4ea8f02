using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Instances;

/// <summary>What an instance learns by looking: probes, samples, and after a daemon's death what is still there.</summary>
internal sealed partial class InstanceRunner
{
    /// <summary>Between the spawn and the first probe: a program that is ready at once need not wait for a whole interval.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);

    /// <summary>A probe that comes back at once must not become a busy loop, whatever the manifest says.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Finds again what an earlier daemon left, and goes on from there. Call before <see cref="Start"/>.</summary>
    /// <returns>Whether a living process was found.</returns>
    public async Task<bool> AdoptAsync()
    {
        // Many are adopted side by side; each may have to look through /proc.
        await Task.Yield();
        Arm(_state, _context.Clock.Now);
        if (_record.RunId is not { } runId || !_state.HasProcess)
        {
            Post(_state.HasProcess ? InstanceEvent.Exited(_state.Generation, ExitStatus.Unknown, _context.Chance.Next()) : InstanceEvent.Resumed());
            return false;
        }

        var run = new Run(runId, _state.Generation, _record.Release, _record.Port);
        if (Find(runId) is not { } process)
        {
            _context.Logger.Gone(Id, runId);
            Try("killing what is left of its processes", () => _context.Ports.Processes.KillLeftovers(runId));
            Try("reading its last lines", () => CaptureAgain(run));
            _run = run;
            Post(InstanceEvent.Exited(_state.Generation, ExitStatus.Unknown, _context.Chance.Next()));
            return false;
        }

        // It lives, and lives on whatever else of it cannot be taken over.
        Try("taking over its output", () => CaptureAgain(run));
        Try("taking over its notification socket", () => run.Environment = Environment(run));
        run.EnvironmentNames = [.. run.Environment.Keys];
        if (_work.Spec.Port.Kind is PortKind.Inherit)
        {
            Try("taking over its listening socket", () => _context.Ports.Listeners.Listen(Key, run.Port, process.Identity));
        }

        Attach(run, process);
        _record = _record with { Process = process.Identity };
        _context.Logger.Adopted(Id, runId, process.Identity.Pid);
        Post(InstanceEvent.Resumed());
        return true;
    }

    /// <summary>Null when it is gone, and when nobody can find out: then it is ended like what is left of one that is gone, for nobody could watch it.</summary>
    private IRunningProcess? Find(string runId)
    {
        try
        {
            return _context.Ports.Processes.Adopt(_record.Process, runId);
        }
        catch (Exception e)
        {
            _context.Logger.ActFailed(Id, "finding its process", e.Message);
            return null;
        }
    }

    private void CaptureAgain(Run run) => run.Output = _context.Ports.Logs.Capture(Service, Id, run.Id, _work.Spec.Logs, _work.Spec.User);

    /// <summary>Takes a sample of the process tree; the machine hears of it only when a limit is declared.</summary>
    public void Sampled(Run run, ProcessUsage usage, TimeSpan now)
    {
        var before = run.Usage;
        var elapsed = before is null ? TimeSpan.Zero : now - before.At;
        var cpu = elapsed > TimeSpan.Zero ? Math.Max(0, (usage.CpuTime - before!.Usage.CpuTime) / elapsed * 100) : 0;
        run.Usage = new(now, usage, cpu);

        var policy = _work.Policy;
        var matters = usage.MemoryBytes > policy.MemoryLimit || (policy.MemoryWarn is { } warn && (usage.MemoryBytes > warn || _state.MemoryWarned));
        if (matters)
        {
            Post(InstanceEvent.MemorySampled(run.Generation, usage.MemoryBytes));
        }
    }

    private async Task ProbeAsync(Run run)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, run.Over);
        try
        {
            var wait = FirstLook;
            while (_state.Generation <= run.Generation && _work.Check is { } check)
            {
                await Task.Delay(wait, _context.Ports.Time, ending.Token);
                if (_state.Phase is InstancePhase.Starting or InstancePhase.Running && IsAskedAfter(_state))
                {
                    var result = await _context.Ports.Prober.ProbeAsync(new(check.Probe, check.Timeout, run.Port, _work.Spec.Directory, run.Environment, _work.Spec.User), ending.Token);
                    run.Probes.Add(result);
                    Post(result.Passed
                        ? InstanceEvent.ProbePassed(run.Generation, result.Outcome is ProbeOutcome.Degraded, result.Detail)
                        : InstanceEvent.ProbeFailed(run.Generation, result.Detail));
                }

                var interval = _state.Phase is InstancePhase.Starting ? check.StartInterval : check.Interval;
                wait = interval > LeastInterval ? interval : LeastInterval;
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
    }

    /// <summary>A check that was only implied by a port proves readiness and nothing after it.</summary>
    private bool IsAskedAfter(InstanceState state) => state.Phase is InstancePhase.Starting || _work.Policy.Retries is not null;
}
