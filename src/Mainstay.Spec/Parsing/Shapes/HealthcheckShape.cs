using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class HealthcheckShape() : Shape<HealthcheckSpec>("healthcheck")
{
    private static readonly Key<string> s_http = new(
        "http", UrlPath.Kind("/health", withQuery: true), "", "Passes when GET on this path of the service's port answers as expected; redirects are not followed.")
    {
        AlsoKnownAs = ["url", "path", "httpget", "http_get", "endpoint"],
    };

    private static readonly Key<bool> s_tcp = new("tcp", CommonKinds.Truth, false, "Passes when the service's port accepts a connection. Not with port: inherit, where Mainstay's own socket always accepts one: check by http or notify.")
    {
        AlsoKnownAs = ["port", "tcpsocket"],
    };

    private static readonly Key<CommandDraft> s_command = new(
        "command", new CommandKind(), CommandDraft.Absent, "Passes when this command, run with the service's environment and directory, exits with 0.", "none")
    {
        AlsoKnownAs = ["test", "exec", "cmd"],
    };

    private static readonly Key<bool> s_shell = new("shell", CommonKinds.Truth, false, "Runs the command by /bin/sh -c.");

    private static readonly Key<bool> s_notify = new("notify", CommonKinds.Truth, false, "Passes once the service says READY=1 by sd_notify.")
    {
        AlsoKnownAs = ["sd_notify"],
    };

    private static readonly Key<TimeSpan> s_interval = new("interval", Period("10s"), TimeSpan.FromSeconds(10), "The time between two checks.");

    private static readonly Key<TimeSpan> s_timeout = new("timeout", Period("2s"), TimeSpan.FromSeconds(2), "How long one check may take.");

    private static readonly Key<int> s_retries = new(
        "retries",
        new WholeNumberKind(1, 1000, "3"),
        3,
        "How many checks in a row must fail before the instance is unhealthy.");

    private static readonly Key<TimeSpan> s_startPeriod = new(
        "start_period",
        new DurationKind(TimeSpan.Zero, TimeSpan.FromDays(1), "30s"),
        TimeSpan.FromSeconds(30),
        "How long after a start failed checks do not count; after it, as many in a row as retries says do. With start_period 30s, interval 10s and retries 3, an instance that never becomes ready has failed after 60s.")
    {
        AlsoKnownAs = ["initial_delay", "grace"],
    };

    private static readonly Key<TimeSpan> s_startInterval = new(
        "start_interval",
        Period("250ms"),
        TimeSpan.FromMilliseconds(250),
        "The time between two checks until the instance is ready.");

    private static readonly Key<ImmutableArray<Named<string>>> s_headers = new(
        "headers",
        HeaderKinds.Sent,
        [],
        "Headers that an http check sends.");

    private static readonly Key<ExpectSpec> s_expect = new(
        "expect",
        new ExpectShape(),
        ExpectSpec.Default,
        "What the answer to an http check must be.",
        "status 200-299");

    public override ImmutableArray<Key> Keys { get; } =
    [
        s_http, s_tcp, s_command, s_shell, s_notify, s_interval, s_timeout, s_retries, s_startPeriod, s_startInterval, s_headers, s_expect,
    ];

    private static readonly Key[] s_probes = [s_http, s_tcp, s_command, s_notify];

    protected override HealthcheckSpec Build(Fields fields) => new(
        Probe(fields),
        fields.Read(s_interval),
        fields.Read(s_timeout),
        fields.Read(s_retries),
        fields.Read(s_startPeriod),
        fields.Read(s_startInterval));

    private static ProbeSpec Probe(Fields fields)
    {
        _ = (fields.Read(s_tcp), fields.Read(s_notify));
        var shell = fields.Read(s_shell);
        var path = fields.Read(s_http);
        var command = fields.Read(s_command);
        var headers = fields.Read(s_headers).ByName();
        var expect = fields.Read(s_expect);
        Key[] probes = [.. Chosen(fields)];
        switch (probes)
        {
            case []:
                fields.Report(
                    ManifestCodes.NoProbe,
                    s_tcp,
                    "it does not say what to check",
                    "add one of http, tcp, command and notify, for example \"http: /health\"");
                break;

            case [_, var second, ..]:
                fields.Report(
                    ManifestCodes.SeveralProbes,
                    second,
                    $"it says {string.Join(" and ", probes.Select(p => $"\"{p.Name}\""))}, but one thing is checked",
                    "keep one of them");
                break;
        }

        NeedsOther(fields, s_headers, s_http, probes);
        NeedsOther(fields, s_expect, s_http, probes);
        NeedsOther(fields, s_shell, s_command, probes);
        var chosen = probes.FirstOrDefault();
        return chosen == s_http ? new HttpProbeSpec(path, headers, expect)
            : chosen == s_command ? new CommandProbeSpec(command.Resolve(shell, fields.Context))
            : chosen == s_notify ? new NotifyProbeSpec()
            : new TcpProbeSpec();
    }

    /// <summary>What is to be checked, in the order of the manifest. A wrong value was reported and still says which one was meant.</summary>
    private static IEnumerable<Key> Chosen(Fields fields) => fields.Map.Entries
        .Where(entry => entry.Value is not ScalarNode { Text: "false" or "False" or "FALSE" })
        .Select(entry => s_probes.FirstOrDefault(probe => probe.Name == entry.Key))
        .OfType<Key>();

    internal static void NeedsOther(Fields fields, Key key, Key other, Key[] chosen)
    {
        if (fields.Has(key) && chosen.Length > 0 && !chosen.Contains(other))
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                key,
                $"\"{key.Name}\" is only for a check by \"{other.Name}\"",
                $"remove \"{key.Name}\", or check by \"{other.Name}\"");
        }
    }

    private static DurationKind Period(string example) => new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24), example);
}
