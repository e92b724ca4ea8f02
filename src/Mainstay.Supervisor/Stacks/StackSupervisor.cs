using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Services;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Brings a stack about and keeps it so. The daemon composes it from its ports; everything a user can ask of services goes through here.</summary>
public sealed class StackSupervisor : IAsyncDisposable
{
    private static readonly TimeSpan JournalRetry = TimeSpan.FromSeconds(1);

    private readonly SupervisorPorts _ports;
    private readonly SupervisorOptions _options;
    private readonly InstanceDecision _decideInstance;
    private readonly ServiceDecision _decideService;
    private readonly Turn _turn = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly BackgroundTasks _background;
    private StackLoop? _loop;
    private HomeClock? _clock;
    private Ledger? _ledger;

    public StackSupervisor(SupervisorPorts ports, SupervisorOptions options)
        : this(ports, options, InstanceMachine.Next, ServicePlanner.Plan)
    {
    }

    internal StackSupervisor(SupervisorPorts ports, SupervisorOptions options, InstanceDecision decideInstance, ServiceDecision decideService)
    {
        (_ports, _options, _decideInstance, _decideService) = (ports, options, decideInstance, decideService);
        _background = new(ports.Loggers.CreateLogger<StackSupervisor>());
    }

    /// <summary>The manifest that was last applied; null before the first and after <see cref="DownAsync"/>.</summary>
    public StackSpec? Stack => _loop?.View.Spec;

    /// <summary>Why the journal cannot be written, while it cannot; null otherwise. Worth a notice: acts are refused meanwhile.</summary>
    public string? JournalFault => _ledger?.Fault;

    public ImmutableArray<ServiceStatus> Services() => _loop is { } loop && _clock is { } clock
        ? [.. loop.View.Services.Values.Select(s => StatusView.Of(s, clock.Now))]
        : [];

    public ImmutableArray<ExternalStatus> Externals() => _loop?.Externals ?? [];

    /// <summary>
    /// Adopts everything that the journal knows and goes on with it: processes, wishes, restart windows, reloads in mid-step.
    /// Call once, before anything else; returns when every process was found or missed. Throws <see cref="Journal.JournalException"/>
    /// when the journal cannot be read, and changes nothing then.
    /// </summary>
    public async Task RecoverAsync(CancellationToken token)
    {
        var memory = Remembered.Read(_ports.Journal);
        var logger = _ports.Loggers.CreateLogger("Mainstay.Supervisor");
        var clock = HomeClock.Resume(_ports.Journal, _ports.Time, _options.BootId, memory.Newest);
        var ledger = new Ledger(_ports.Journal, _ports.Time, logger);
        var chance = new Chance(_ports.Random);
        var loop = new StackLoop(watcher => new(_ports, _options, ledger, clock, chance, _decideInstance, watcher, logger), _decideService);
        (_clock, _ledger) = (clock, ledger);
        await loop.RecoverAsync(memory, token);
        _loop = loop;
        _background.Add(KeepHouseAsync(loop, ledger, clock));
    }

    /// <summary>Makes the services be as the manifest says, and returns when they are, or have shown that they will not be. Applying twice changes nothing.</summary>
    /// <param name="only">Just these and what they depend on; empty means all, and then what the manifest no longer has goes.</param>
    /// <param name="progress">Called for each step, one at a time, from any thread; must not block.</param>
    /// <param name="token">Ends the waiting, not the operation.</param>
    public Task<OperationResult> ApplyAsync(AppliedStack wanted, ImmutableArray<ServiceName> only, Action<OperationStep> progress, CancellationToken token) =>
        RunAsync(new("up", (state, number) => StackChanges.Apply(state, wanted, only, number), progress), token);

    /// <summary>Starts, stops, restarts or reloads services, and returns when they have arrived.</summary>
    public Task<OperationResult> ActAsync(ActionRequest request, Action<OperationStep> progress, CancellationToken token) =>
        RunAsync(new(Words.Of(request.Verb), (state, number) => StackChanges.Act(state, request.Verb, request.Services, number), progress), token);

    public Task<OperationResult> ScaleAsync(ScaleRequest request, Action<OperationStep> progress, CancellationToken token) =>
        RunAsync(new("scale", (state, number) => StackChanges.Scale(state, request.Service, request.Instances, number), progress), token);

    /// <summary>The stack is known from now on, without a service: where the first rollout of a home begins.</summary>
    public Task<OperationResult> FrameAsync(StackSpec stack, CancellationToken token) =>
        RunAsync(new("rollout", (state, number) => new(state with { Stack = new(stack, number, Framed: true) }, []), _ => { }), token);

    /// <summary>
    /// One step of a rollout: the candidates that are there take over, if they may, and the next batch of slots gets candidates beside what serves. Ends well when those
    /// are ready (<see cref="HasCandidates"/>) or no slot is left; when one fails, the service has been brought back by then.
    /// </summary>
    public Task<OperationResult> AdvanceAsync(AppliedService to, int batch, bool promote, Action<OperationStep> progress, CancellationToken token) =>
        RunAsync(new("rollout", (state, number) => StackChanges.Advance(state, to, batch, promote, number), progress), token);

    /// <summary>Brings a service back to a release, or away, whatever a rollout left it in.</summary>
    public Task<OperationResult> ReturnAsync(ServiceName service, AppliedService? to, Action<OperationStep> progress, CancellationToken token) =>
        InsistAsync(() => new("rollback", (state, number) => StackChanges.Return(state, service, to, number), progress), token);

    /// <summary>No rollout judges anything any more: requests are held by the usual rules again.</summary>
    public Task<OperationResult> SettleAsync(CancellationToken token) => InsistAsync(() => new("rollout", StackChanges.Settle, _ => { }), token);

    /// <summary>Some service is still on trial.</summary>
    public bool IsOnTrial => _loop?.View.Services.Values.Any(s => s.Record.OnTrial) ?? false;

    /// <summary>A gated reload waits with its candidates.</summary>
    public bool HasCandidates(ServiceName service) =>
        _loop?.View.Services.GetValueOrDefault(service) is { } view && ServicePlanner.IsAtGate(view.Record, view.Actor.See(DependenciesSeen.AllThere));

    /// <summary>Every process of a service, as a rollout looks at it; of an unknown one none.</summary>
    public ImmutableArray<ProcessView> Processes(ServiceName service) =>
        _loop?.View.Services.GetValueOrDefault(service) is { } view ? ProcessView.Of(view) : [];

    /// <summary>Why an instance of the service failed last, explained; null when nothing is known of a failure, or the daemon that saw it is gone.</summary>
    public async Task<FailureReport?> ExplainAsync(ServiceName service, CancellationToken token) =>
        _loop?.View.Services.GetValueOrDefault(service)?.Runners.Select(r => r.Failure).FirstOrDefault(f => f is not null) is { } facts
            ? _ports.Explain(await facts.WaitAsync(token))
            : null;

    /// <summary>What the service runs or is on its way to, as it was applied; null when it is unknown or going.</summary>
    public AppliedService? Applied(ServiceName service) =>
        _loop?.View.Services.GetValueOrDefault(service)?.Record is { Wish: not ServiceWish.Gone } record && record.Wanted is var wanted
            ? new(wanted.Spec, wanted.Environment, wanted.Revision, wanted.Name)
            : null;

    /// <summary>Ends the waiting of the operation that is under way: another is asked for that leaves it no sense.</summary>
    public void GiveWay(string because) => _loop?.Post(new StackMessage.GiveWay(because));

    /// <summary>Stops everything, those that depend on others first, and forgets the stack.</summary>
    public Task<OperationResult> DownAsync(Action<OperationStep> progress, CancellationToken token) =>
        RunAsync(new("down", StackChanges.Down, progress), token);

    /// <summary>Lets go of everything. The services run on, for the next daemon to adopt.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing.Cancel();
        await _background.EndedAsync();
        if (_loop is { } loop)
        {
            await loop.DisposeAsync();
        }

        _closing.Dispose();
    }

    /// <summary>The end of a rollout is not refused for a full disk: half of it would be neither release.</summary>
    private async Task<OperationResult> InsistAsync(Func<Operation> wanted, CancellationToken token)
    {
        while (true)
        {
            var operation = wanted();
            var result = await RunAsync(operation, token);
            if (!operation.WasNotWritten)
            {
                return result;
            }

            await Task.Delay(JournalRetry, _ports.Time, token);
        }
    }

    private async Task<OperationResult> RunAsync(Operation operation, CancellationToken token)
    {
        if (_loop is not { } loop)
        {
            throw new InvalidOperationException("RecoverAsync comes first");
        }

        await _turn.TakeAsync(token);
        loop.Run(operation);
        _background.Add(PassTurnAsync(operation));

        // The client may go away; the operation has begun and goes on to its end.
        return await operation.Ended.WaitAsync(token);
    }

    private async Task PassTurnAsync(Operation operation)
    {
        try
        {
            await operation.Ended.WaitAsync(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _turn.Pass();
    }

    /// <summary>The few things that happen by the clock: memory and CPU are looked at, late records are written, waiting operations are asked whether they have waited enough.</summary>
    private async Task KeepHouseAsync(StackLoop loop, Ledger ledger, HomeClock clock)
    {
        var second = TimeSpan.FromSeconds(1);
        var sampled = clock.Now;
        try
        {
            while (true)
            {
                await Task.Delay(second, _ports.Time, _closing.Token);
                ledger.Flush();
                if (loop.IsBusy)
                {
                    loop.Post(new StackMessage.Tick());
                }

                var isDue = clock.Now - sampled >= _options.SampleEvery;
                sampled = isDue ? clock.Now : sampled;
                Sample(loop, clock.Now, run => isDue || run.Usage is null);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }

    /// <param name="isWanted">A new process is looked at early: whoever has just started it asks what it takes.</param>
    private void Sample(StackLoop loop, TimeSpan now, Func<Run, bool> isWanted)
    {
        var runners = new List<(InstanceRunner Runner, Run Run)>();
        var processes = new List<IRunningProcess>();
        foreach (var runner in loop.View.Services.Values.SelectMany(s => s.Runners))
        {
            if (runner.Run is { Process: { Exited.IsCompleted: false } process } run && isWanted(run))
            {
                runners.Add((runner, run));
                processes.Add(process);
            }
        }

        if (processes.Count == 0)
        {
            return;
        }

        var usage = new ProcessUsage[processes.Count];
        _ports.Processes.Usage(processes, usage);
        for (var i = 0; i < usage.Length; i++)
        {
            runners[i].Runner.Sampled(runners[i].Run, usage[i], now);
        }
    }
}
