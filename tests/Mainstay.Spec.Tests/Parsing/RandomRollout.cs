using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>Any way in which a service can come to new code.</summary>
internal sealed class RandomRollout(Random random)
{
    public SourceSpec? Source() => random.Next(5) switch
    {
        0 => new GitSourceSpec(Pick("https://example.com/shop.git", "git@example.com:shop/api.git", "/srv/repo", "ssh://git@example.com/a b"), Pick("main", "v1.2.3", "feature/x"), SourceSpan.None),
        1 => new DirectorySourceSpec(Pick("/srv/app", "/opt/$x"), SourceSpan.None),
        2 => new ArchiveSourceSpec("/srv/app/shop.tar.gz", new string('a', 64), SourceSpan.None),
        _ => null,
    };

    public RolloutSpec Make(SourceSpec? source, PortSpec port, Func<CommandSpec> command) => new(
        source,
        source is null ? [] : Some(3, () => command() is { Shell: false } plain ? plain : new CommandSpec(["npm", "ci"], false, SourceSpan.None)),
        source is null ? RolloutSpec.None.BuildTimeout : Duration(1000),
        source is null ? [] : Some(3, () => new ArtifactSpec(Pick("dist/server.js", "a b/c", "x"), SourceSpan.None)),
        Flip() ? null : new MigrateSpec(command(), Duration(1000)),
        Flip() ? null : new BackupSpec(["/srv/app/data"], Flip() ? null : command(), Flip() ? null : command(), random.Next(1, 1000), Duration(1000)),
        Deploy(port, command));

    private DeploySpec Deploy(PortSpec port, Func<CommandSpec> command)
    {
        // Who has a port has a route in these stacks, so that a canary is possible.
        var strategy = port.Kind is PortKind.Fixed or PortKind.None ? DeployStrategy.Rolling : Pick(DeployStrategy.Rolling, DeployStrategy.BlueGreen, DeployStrategy.Canary);
        var canary = strategy is not DeployStrategy.Canary ? null : new CanarySpec(
            random.Next(1, 401) / 4.0,
            Flip() ? null : new NamedValue("x-canary", Pick("1", "a: b", "yes please")),
            Flip() ? null : new NamedValue("canary", Pick("1", "a=b")),
            Duration(1000));
        var http = port.Kind is not PortKind.None;
        return new DeploySpec(
            strategy,
            random.Next(2),
            canary,
            Some(3, () => new VerifySpec(http && Flip() ? new HttpProbeSpec("/version", ImmutableSortedDictionary<string, string>.Empty, ExpectSpec.Default with { BodyContains = "$MAINSTAY_COMMIT" }) : new CommandProbeSpec(command()), Duration(10), SourceSpan.None)),
            Duration(1),
            new RollbackOnSpec(Pick<double?>(null, 0.02, 0.5, 1), Pick<double?>(null, 2, 1.5), Pick<int?>(null, 1, 7), Flip()),
            TimeSpan.FromHours(2),
            random.Next(2, 1000));
    }

    private TimeSpan Duration(int leastMilliseconds) => TimeSpan.FromMilliseconds(random.Next(leastMilliseconds, 3_600_000));

    private T Pick<T>(params T[] of) => of[random.Next(of.Length)];

    private bool Flip() => random.Next(2) == 0;

    private ImmutableArray<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => make())];
}
