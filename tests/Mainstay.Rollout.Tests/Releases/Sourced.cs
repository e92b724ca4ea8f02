using System.Collections.Immutable;
using Mainstay.Rollout.Planning;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Releases;

/// <summary>A service with a source, as little of it as a release needs.</summary>
internal static class Sourced
{
    public static ServiceName Name { get; } = new("api");

    public static AppliedService Declared(SourceSpec source, params string[] build) => new(
        new ServiceSpec(
            Name, new(["./run"], false, SourceSpan.None), ".", 1, new(PortKind.Auto), ImmutableSortedDictionary<string, string>.Empty, [], null, [], null, RestartSpec.Default, ResourcesSpec.None,
            StopSpec.Default, null, LogsSpec.Default, RolloutSpec.None with { Source = source, Build = [.. build.Select(b => new CommandSpec([b], true, SourceSpan.None))] }, SourceSpan.None),
        ImmutableSortedDictionary<string, string>.Empty, "rev", "declared");

    public static RolloutPart Part(AppliedService declared, string release) => new(null, declared with { Release = release }, "sha256:0123456789abcdef", "0123456789abcdef", IsMade: false, "archive app.tar");
}
