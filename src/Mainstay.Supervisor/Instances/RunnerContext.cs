using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Stacks;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Instances;

/// <summary>The decision that a runner asks; the simulation plugs in broken ones to show that it would notice.</summary>
internal delegate Transition InstanceDecision(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now);

/// <summary>Who wants to know that an instance has changed. Called on the instance's loop; must only post.</summary>
internal interface IInstanceWatcher
{
    void Changed(InstanceRunner runner);

    void Happened(OperationStep step);
}

/// <summary>What all instances of a supervisor share.</summary>
internal sealed record RunnerContext(
    SupervisorPorts Ports,
    SupervisorOptions Options,
    Ledger Ledger,
    HomeClock Clock,
    Chance Chance,
    InstanceDecision Decide,
    IInstanceWatcher Watcher,
    ILogger Logger);
