using System.Net;
using Mainstay.Linux.Signals;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>The conditions on facts that signatures.json can name.</summary>
internal static class Conditions
{
    // SIGILL, SIGBUS, SIGSEGV; a shell reports the last as 128 + 11.
    private static readonly int[] Crashes = [4, 7, 11];

    private static readonly Dictionary<string, Func<FailureFacts, bool>> All = new(StringComparer.Ordinal)
    {
        ["not_spawned"] = f => f.Spawn is not null,
        ["program_failed"] = f => f.Spawn?.Stage is "finding the program" or "executing",
        ["dependency_missing"] = f => f.Kind is FailureKind.DependencyMissing,
        ["over_memory"] = f => f.Kind is FailureKind.OverMemory,
        ["oom"] = f => f.Exit is { OutOfMemory: true },
        ["killed"] = f => Ended(f) && f.Exit is { Signal: SignalNumber.SIGKILL, OutOfMemory: false },
        ["segfault"] = f => Ended(f) && (f.Exit is { Signal: { } signal } && Crashes.Contains(signal) || f.Exit is { Code: 139 }),
        ["clean_exit"] = f => f.Kind is FailureKind.ExitedBeforeReady && f.Exit is { Code: 0 },
        ["wrong_port"] = f => Alive(f) && Sockets(f).Any() && !Sockets(f).Any(s => s.Port == f.ExpectedPort),
        ["other_address"] = f => Alive(f) && OnExpected(f).Any() && !OnExpected(f).Any(s => TakesLoopback(s.Address)),
        ["never_listened"] = f => Alive(f) && !Sockets(f).Any() && (f.Listening is not null || Says(f, ProbeOutcome.Refused)),
        ["never_notified"] = f => f.Kind is FailureKind.NotReadyInTime && f.Spec.Healthcheck?.Probe is NotifyProbeSpec,
        ["redirected"] = f => Asked(f) && Says(f, ProbeOutcome.Redirected),
        ["not_http"] = f => Asked(f) && Says(f, ProbeOutcome.Broken) && f.Spec.Healthcheck?.Probe is HttpProbeSpec,
        ["timed_out"] = f => Asked(f) && Says(f, ProbeOutcome.TimedOut),
        ["wrong_status"] = f => Asked(f) && Says(f, ProbeOutcome.WrongStatus),
        ["wrong_body"] = f => Asked(f) && Says(f, ProbeOutcome.WrongBody),
        ["command_failed"] = f => Asked(f) && Says(f, ProbeOutcome.CommandFailed),
    };

    public static bool Exists(string name) => All.ContainsKey(name);

    public static bool Holds(string name, FailureFacts facts) => All[name](facts);

    /// <summary>The sockets on the port that was expected.</summary>
    public static IEnumerable<ListeningSocket> OnExpected(FailureFacts facts) => Sockets(facts).Where(s => s.Port == facts.ExpectedPort);

    public static IEnumerable<ListeningSocket> Sockets(FailureFacts facts) => facts.ExpectedPort is null ? [] : facts.Listening ?? [];

    private static bool Ended(FailureFacts facts) => facts.Kind is FailureKind.ExitedBeforeReady or FailureKind.ExitedAfterReady;

    private static bool Asked(FailureFacts facts) => facts.Kind is FailureKind.NotReadyInTime or FailureKind.Unhealthy;

    private static bool Alive(FailureFacts facts) => Asked(facts) && facts.ExpectedPort is not null;

    /// <summary>The newest probe speaks: what failed before it while the process was starting is history.</summary>
    private static bool Says(FailureFacts facts, ProbeOutcome outcome) => facts.Probes.LastOrDefault()?.Outcome == outcome;

    private static bool TakesLoopback(string address) =>
        IPAddress.TryParse(address, out var ip) && (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip) is var real
        && (real.Equals(IPAddress.Loopback) || real.Equals(IPAddress.Any) || real.Equals(IPAddress.IPv6Any));
}
