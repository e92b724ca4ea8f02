using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>Any valid stack, from a seed. Places are none.</summary>
internal sealed class RandomStack(Random random)
{
    private static readonly string[] s_texts = ["plain", "on", "0777", "1.10", "null", "~", "", " a b ", "it's", "\"q\"", "a: b", "# no", "$$ ${NOT} $", "é\u2028\U0001F600", "line\nbreak", "- x", "{", "back\\slash", "tab\there", "true", "@at", "%"];

    public StackSpec Make()
    {
        var externals = Enumerable.Range(0, random.Next(3)).Select(i => External($"ext-{i}")).ToImmutableArray();
        var count = random.Next(1, 6);
        var services = Enumerable.Range(0, count).Select(i => Service($"svc-{i}", i)).ToImmutableArray();
        services = [.. services.Select((s, i) => s with { DependsOn = Dependencies(services.Skip(i + 1), externals) })];
        var routed = services.Where(s => s.Port.Kind is not PortKind.None).ToList();
        var routes = routed.Select((s, i) => new RouteSpec(Maybe($"h{i}.example.com"), $"/r{i}", s.Name, Flip(), Duration(0), SourceSpan.None)).ToImmutableArray();
        return new StackSpec(new StackName("stack-" + random.Next(100)), "mainstay.yaml", "/srv/app", Edge(), services, externals, routes);
    }

    private EdgeSpec Edge() => new(
        [new ListenSpec(false, "127.0.0.1", 9001, SourceSpan.None), .. Some(1, () => new ListenSpec(true, "::1", 9002, SourceSpan.None))],
        [new CertificateSpec("*.example.com", "/tls/a.pem", "/tls/b.pem", SourceSpan.None)],
        [.. Some(2, () => $"10.{random.Next(256)}.0.0/16")],
        Maybe("/srv/errors"),
        Duration(0),
        SourceSpan.None);

    private ExternalSpec External(string name) => Flip()
        ? new(new ServiceName(name), $"db-{random.Next(9)}.local:{random.Next(1, 65536)}", null, Duration(10), Duration(10), SourceSpan.None)
        : new(new ServiceName(name), null, new Uri($"http://127.0.0.1:{random.Next(1, 65536)}/h?x=1"), Duration(10), Duration(10), SourceSpan.None);

    private ServiceSpec Service(string name, int index)
    {
        var port = random.Next(4) switch { 0 => new PortSpec(PortKind.Auto), 1 => new PortSpec(PortKind.Fixed, 3000 + index), 2 => new PortSpec(PortKind.Inherit), _ => default };
        var rollouts = new RandomRollout(random);
        var source = rollouts.Source();
        return new ServiceSpec(
            new ServiceName(name),
            Command(),
            source is null ? Pick("/srv/app", "/srv/app/sub", "/opt/x") : Pick(".", "api", "a/b"),
            port.Kind is PortKind.Fixed ? 1 : random.Next(2, 20),
            port,
            Enumerable.Range(0, random.Next(5)).ToImmutableSortedDictionary(i => $"VAR_{i}", _ => Text(), StringComparer.Ordinal),
            [.. Some(2, () => new EnvFileSpec($"/srv/app/{random.Next(9)}.env", SourceSpan.None))],
            Flip() ? null : new EnvSchemaSpec(null, [.. Enumerable.Range(0, random.Next(3)).Select(Rule)]),
            [],
            Healthcheck(port),
            Restart(),
            Resources(),
            new StopSpec(Pick("SIGTERM", "SIGINT", "SIGQUIT"), Duration(0)),
            Maybe(Pick("app", "www-data", "1000")),
            new LogsSpec(random.Next(10_000, int.MaxValue), random.Next(1, 1000)),
            rollouts.Make(source, port, Command),
            SourceSpan.None);
    }

    private CommandSpec Command() => Flip() ? new([Pick("a && b", "echo 'x' | cat", "plain")], true, SourceSpan.None) : new(["node", .. Some(4, Text)], false, SourceSpan.None);

    private HealthcheckSpec? Healthcheck(PortSpec port)
    {
        ProbeSpec? probe = random.Next(5) switch
        {
            0 when port.Kind is not PortKind.None => new HttpProbeSpec("/health?full=1", Enumerable.Range(0, random.Next(3)).ToImmutableSortedDictionary(i => $"x-h{i}", _ => "v w", StringComparer.Ordinal), Expect()),
            1 when port.Kind is not (PortKind.None or PortKind.Inherit) => new TcpProbeSpec(),
            2 => new CommandProbeSpec(Command()),
            3 => new NotifyProbeSpec(),
            _ => null,
        };
        return probe is null ? null : new HealthcheckSpec(probe, Duration(10), Duration(10), random.Next(1, 1000), Duration(0), Duration(10));
    }

    private ExpectSpec Expect() => new(
        [new StatusRange(200, 200 + random.Next(100)), .. Some(2, () => new StatusRange(404, 404))],
        Enumerable.Range(0, random.Next(3)).ToImmutableSortedDictionary(i => $"a.b{i}", _ => Text(), StringComparer.Ordinal),
        Maybe("ok \"yes\""));

    private RestartSpec Restart()
    {
        var initial = TimeSpan.FromMilliseconds(random.Next(10, 10_000));
        return new(Pick(RestartKind.OnFailure, RestartKind.Never), random.Next(1000), TimeSpan.FromSeconds(random.Next(1, 10_000)), initial, initial + TimeSpan.FromSeconds(random.Next(3000)), [.. Some(3, () => random.Next(256))], Flip() ? null : TimeSpan.FromSeconds(random.Next(1, 9999)));
    }

    private ResourcesSpec Resources() => new(Flip() ? null : random.Next(20_000_000, int.MaxValue), Flip() ? null : random.Next(1_000_000, 20_000_000), Flip() ? null : random.Next(1, 100) / 4.0, Flip() ? null : random.Next(64, 100_000));

    private EnvRuleSpec Rule(int index) => new(
        $"RULE_{index}", EnvType.Int, Flip(), Maybe("A=b c"), Maybe("B"), null, Maybe("-5"), Maybe("7"), [], [], Maybe("^[0-9]+$"), Flip() ? null : 3, Flip() ? null : 1.5, Flip(), [.. Some(2, () => $"T{random.Next(9)}")],
        Maybe("0"), Maybe("what: it is"), Maybe("5"), SourceSpan.None);

    private ImmutableArray<DependencySpec> Dependencies(IEnumerable<ServiceSpec> later, IEnumerable<ExternalSpec> externals)
    {
        var services = later.Where(_ => random.Next(3) == 0).Select(s =>
            new DependencySpec(s.Name, s.Port.Kind is PortKind.None && s.Healthcheck is null ? Pick(DependencyCondition.Started, DependencyCondition.Completed) : Pick(DependencyCondition.Started, DependencyCondition.Healthy, DependencyCondition.Completed), SourceSpan.None));
        return [.. services, .. externals.Where(_ => Flip()).Select(e => new DependencySpec(e.Name, DependencyCondition.Healthy, SourceSpan.None))];
    }

    private TimeSpan Duration(int leastMilliseconds) => TimeSpan.FromMilliseconds(random.Next(leastMilliseconds, 3_600_000));

    private string Text() => Pick(s_texts);

    private T Pick<T>(params T[] of) => of[random.Next(of.Length)];

    private bool Flip() => random.Next(2) == 0;

    private string? Maybe(string text) => Flip() ? null : text;

    private List<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
