using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Ports;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Stacks;

/// <summary>Everything through which the supervisor meets the world. The simulation plugs in a fake of each.</summary>
/// <param name="Random">Spreads restart delays; only ever used under a lock.</param>
/// <param name="Explain">Turns the facts of a failure into what the user reads; pure.</param>
public sealed record SupervisorPorts(
    IProcessHost Processes,
    ITraffic Traffic,
    IProber Prober,
    IExternalProber Externals,
    ILogStore Logs,
    INotifySockets Notify,
    IListenPorts Listeners,
    IJournal Journal,
    TimeProvider Time,
    Random Random,
    ILoggerFactory Loggers,
    Func<FailureFacts, FailureReport> Explain);
