using System.Collections.Immutable;
using System.Text;
using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Ports;
using Mainstay.Testing;

namespace Mainstay.Supervisor.Tests.Diagnosis;

public class FailureExplainerTests
{
    private static readonly ImmutableArray<ProbeResult> Refused = Facts.Probes(ProbeOutcome.Refused, "connection refused on 127.0.0.1:3000", 120);

    public static TheoryData<string> Cases => new(Failures.Keys.ToArray());

    private static Dictionary<string, FailureFacts> Failures { get; } = new()
    {
        ["wrong port"] = Facts.NotReady with { Listening = [new("127.0.0.1", 5001)], Probes = Refused },
        ["only on IPv6"] = Facts.NotReady with { Listening = [new("::1", 3000)], Probes = Refused },
        ["only on the LAN"] = Facts.NotReady with { Listening = [new("10.0.0.7", 3000)], Probes = Refused },
        ["never listened"] = Facts.NotReady with { Probes = Refused, ProbesLeftOut = 40 },
        ["redirect"] = Facts.NotReady with { Listening = [new("0.0.0.0", 3000)], Probes = [.. Refused[..4], .. Facts.Probes(ProbeOutcome.Redirected, "/health -> 302 /login -> 200")] },
        ["status"] = Facts.NotReady with { Listening = [new("::", 3000)], Probes = [.. Refused[..4], .. Facts.Probes(ProbeOutcome.WrongStatus, "status 503, expected 200-299: warming up")] },
        ["hangs"] = Facts.NotReady with { Listening = [new("127.0.0.1", 3000)], Probes = Facts.Probes(ProbeOutcome.TimedOut, "connected, but no answer within 2 s") },
        ["speaks TLS"] = Facts.NotReady with { Listening = [new("127.0.0.1", 3000)], Probes = Facts.Probes(ProbeOutcome.Broken, "127.0.0.1:3000 speaks TLS, not plain HTTP") },
        ["wrong body"] = Facts.NotReady with { Listening = [new("127.0.0.1", 3000)], Probes = Facts.Probes(ProbeOutcome.WrongBody, "status 200, but status is \"starting\", expected \"healthy\"") },
        ["command"] = Facts.NotReady with { ExpectedPort = null, Listening = null, Probes = Facts.Probes(ProbeOutcome.CommandFailed, "exit code 1: no schema") },
        ["never notified"] = Facts.NotReady with { ExpectedPort = null, Spec = Facts.Spec with { Healthcheck = Facts.Spec.Healthcheck! with { Probe = new NotifyProbeSpec() } } },
        ["dependency is down"] = Facts.NotReady with { Probes = Refused, LastLines = Facts.Lines("starting", "Error: connect ECONNREFUSED 127.0.0.1:5432", "retrying in 1 s") },
        ["no such program"] = NotSpawned(2, "finding the program", "node: no such program in PATH"),
        ["no such user"] = NotSpawned(0, "looking up the user", "there is no user \"app\""),
        ["no such directory"] = NotSpawned(2, "changing to the directory", "/srv/app: No such file or directory"),
        ["dependency missing"] = Facts.NotReady with { Kind = FailureKind.DependencyMissing, Instance = null, Because = "waited 60 s", Waiting = ["redis (external) is not healthy: connection refused"] },
        ["over its memory"] = Facts.NotReady with { Kind = FailureKind.OverMemory, Because = "uses 612 MB, more than its limit of 500 MB", Spec = Facts.Spec with { Resources = new ResourcesSpec(500_000_000, null, null, null) } },
        ["out of memory"] = Facts.Exited(new ExitStatus(null, 9, OutOfMemory: true)),
        ["segfault"] = Facts.Exited(new ExitStatus(null, 11), "loading native addon"),
        ["killed"] = Facts.Exited(new ExitStatus(null, 9)) with { Kind = FailureKind.ExitedAfterReady },
        ["exit 0"] = Facts.Exited(new ExitStatus(0, null), "done"),
        ["exit without a word"] = Facts.Exited(new ExitStatus(3, null)),
        ["exit with unknown words"] = Facts.Exited(new ExitStatus(3, null), "flux capacitor discharged") with { Starts = 4, Kept = "the previous release goes on serving" },
        ["ended while nobody watched"] = Facts.Exited(ExitStatus.Unknown) with { Because = "ended while no daemon watched it, so nobody knows its exit code" },
    };

    [Fact]
    public void Every_kind_of_failure_is_explained_as_reviewed()
    {
        var text = new StringBuilder();
        foreach (var (name, facts) in Failures)
        {
            text.Append("== ").Append(name).Append('\n').Append(Print(FailureExplainer.Explain(facts)));
        }

        Golden.Match(text.ToString(), "explained-failures.txt");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_report_always_has_a_cause_and_evidence(string name)
    {
        var report = FailureExplainer.Explain(Failures[name]);
        Assert.NotEmpty(report.Cause);
        Assert.DoesNotContain('{', report.Cause);
        Assert.NotEmpty(report.Evidence);
        Assert.All(report.Evidence, block => Assert.NotEmpty(block.Lines));
    }

    [Fact]
    public void Secrets_are_in_no_part_of_a_report()
    {
        const string secret = "hunter2-hunter2";
        var facts = Facts.Exited(new ExitStatus(1, null), $"connecting with {secret}", $"Error: {secret}", "Node.js v20") with
        {
            Spec = Facts.Spec with { Environment = Facts.Spec.Environment.Add("DB_PASSWORD", secret) },
            Probes = Facts.Probes(ProbeOutcome.WrongStatus, $"status 500: {secret}"),
            PortHolder = $"node --password {secret}",
            Because = $"said {secret}",
        };
        Assert.DoesNotContain(secret, Print(FailureExplainer.Explain(facts)), StringComparison.Ordinal);
    }

    private static FailureFacts NotSpawned(int errno, string stage, string message) => Facts.NotReady with
    {
        Kind = FailureKind.NotSpawned,
        Because = "could not be started",
        Spawn = new SpawnResult.Failed(stage, errno, message),
    };

    private static string Print(FailureReport report)
    {
        var text = new StringBuilder().Append(report.Cause).Append('\n');
        foreach (var block in report.Evidence)
        {
            text.Append("  ").Append(block.Title).Append(":\n");
            foreach (var line in block.Lines)
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        foreach (var advice in report.Try)
        {
            text.Append("  try: ").Append(advice).Append('\n');
        }

        return (report.Kept is null ? text : text.Append("  kept: ").Append(report.Kept).Append('\n')).ToString();
    }
}
