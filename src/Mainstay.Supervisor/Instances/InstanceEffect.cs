using System.Collections.Immutable;
using Mainstay.Supervisor.Diagnosis;

namespace Mainstay.Supervisor.Instances;

/// <summary>What the runner must do. The machine decides; the runner acts. Timers are no effect: the runner's one timer follows <see cref="InstanceState.Due"/>.</summary>
internal abstract record InstanceEffect
{
    private InstanceEffect()
    {
    }

    /// <summary>Start a process; its intent must be in the journal before.</summary>
    public sealed record Spawn : InstanceEffect
    {
        public override string ToString() => "spawn";
    }

    /// <summary>The stop signal to the main process.</summary>
    public sealed record Terminate : InstanceEffect
    {
        public override string ToString() => "terminate";
    }

    /// <summary>SIGKILL to the whole tree; after an exit, to what is left of it.</summary>
    public sealed record KillTree : InstanceEffect
    {
        public override string ToString() => "kill tree";
    }

    /// <summary>Gather the facts of a failure while they are still there.</summary>
    public sealed record Report(FailureKind Failure) : InstanceEffect
    {
        public override string ToString() => $"report {Failure}";
    }

    /// <summary>Say something that is no change of phase or health.</summary>
    public sealed record Tell(string EventKind) : InstanceEffect
    {
        public override string ToString() => $"tell {EventKind}";
    }
}

/// <summary>The answer to one event: the next state, what to do, and one sentence that says why.</summary>
internal sealed record Transition(InstanceState Next, ImmutableArray<InstanceEffect> Effects, string Because);
