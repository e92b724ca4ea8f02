using System.Collections.Immutable;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Tests.Diagnosis;

/// <summary>Facts of failures, to be changed by <c>with</c>.</summary>
internal static class Facts
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    public static ServiceSpec Spec { get; } = new(
        new ServiceName("api"),
        new CommandSpec(["node", "server.js"], false, SourceSpan.None),
        "/srv/app",
        1,
        new PortSpec(PortKind.Fixed, 3000),
        ImmutableSortedDictionary<string, string>.Empty.Add("REDIS_URL", "redis://127.0.0.1:6390/0").Add("NODE_ENV", "production"),
        [],
        null,
        [],
        new HealthcheckSpec(
            new HttpProbeSpec("/health", ImmutableSortedDictionary<string, string>.Empty, ExpectSpec.Default),
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(2),
            3,
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMilliseconds(250)),
        RestartSpec.Default,
        ResourcesSpec.None,
        StopSpec.Default,
        null,
        LogsSpec.Default,
        RolloutSpec.None,
        SourceSpan.None);

    public static FailureFacts NotReady { get; } = new(
        Spec.Name,
        "api-1",
        FailureKind.NotReadyInTime,
        "did not become ready within 30 s",
        Spec,
        3000,
        ImmutableArray<ListeningSocket>.Empty,
        null,
        null,
        null,
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(30),
        1,
        [],
        0,
        [],
        ["NODE_ENV", "PORT", "REDIS_URL"],
        [],
        null);

    public static FailureFacts Exited(ExitStatus exit, params string[] lines) => NotReady with
    {
        Kind = FailureKind.ExitedBeforeReady,
        Because = exit.Signal is null ? $"exited with code {exit.Code} after 0.3 s" : $"was killed by signal {exit.Signal} after 0.3 s",
        Listening = null,
        Exit = exit,
        Uptime = TimeSpan.FromSeconds(0.3),
        LastLines = Lines(lines),
    };

    public static ImmutableArray<LogRecord> Lines(params IEnumerable<string> lines) =>
        [.. lines.Select((line, i) => new LogRecord(Start.AddMilliseconds(i), "api-1", LogStream.Err, line))];

    public static ImmutableArray<ProbeResult> Probes(ProbeOutcome outcome, string detail, int count = 3) =>
        [.. Enumerable.Range(0, count).Select(i => new ProbeResult(Start.AddSeconds(i), outcome, TimeSpan.FromMilliseconds(2), detail))];

    public static string[] Fixture(string name) =>
        File.ReadAllLines(Path.Combine(Testing.Repository.Root(), "tests/Mainstay.Supervisor.Tests/Diagnosis/Fixtures", name + ".log"));
}
