using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Those keys of a service that say how it comes to new code.</summary>
internal static class RolloutKeys
{
    public static Key<SourceSpec?> Source { get; } = new(
        "source", new SourceShape(), null, "Where releases come from. Without it, the service runs from its directory as it is.", "none")
    {
        AlsoKnownAs = ["git", "repo", "repository", "checkout"],
    };

    private static readonly Key<BuildDraft> s_build = new(
        "build", BuildShape.Kind, new BuildDraft([], RolloutSpec.None.BuildTimeout),
        "Commands that make a release out of its source, run in its directory without a shell.", "none")
    {
        AlsoKnownAs = ["build_command", "install", "compile", "prepare"],
    };

    private static readonly Key<ImmutableArray<Item<string>>> s_artifacts = new(
        "artifacts", new ListKind<string>(ReleasePath.Kind("dist/server.js"), "a path or a list of paths within the release", orOne: true), [],
        "What must exist and not be empty after the build.")
    {
        AlsoKnownAs = ["outputs", "output", "expects"],
    };

    private static readonly Key<MigrateSpec?> s_migrate = new(
        "migrate", MigrateShape.Kind, null, "A command that runs once for each rollout, in the new release, before it gets any traffic.", "none")
    {
        AlsoKnownAs = ["migration", "migrations", "release_command", "pre_deploy", "predeploy"],
    };

    private static readonly Key<BackupSpec?> s_backup = new("backup", new BackupShape()!, null, "What is kept before a rollout changes anything.", "none")
    {
        AlsoKnownAs = ["backups", "snapshot"],
    };

    private static readonly Key<DeploySpec> s_deploy = new("deploy", new DeployShape(), DeploySpec.Default, "How a release takes over.", "see below")
    {
        AlsoKnownAs = ["rollout", "deployment", "update_config", "release"],
    };

    public static ImmutableArray<Key> All { get; } = [Source, s_build, s_artifacts, s_migrate, s_backup, s_deploy];

    /// <summary>What only a service that is built from a source can be told.</summary>
    public static ImmutableArray<Key> OfSource { get; } = [Source, s_build, s_artifacts];

    /// <param name="fields">Of the service.</param>
    /// <param name="hasPrograms">It runs a program of the user's; otherwise <see cref="OfSource"/> is refused elsewhere.</param>
    public static RolloutSpec Read(Fields fields, bool hasPrograms)
    {
        var (source, build) = (fields.Read(Source), fields.Read(s_build));
        var artifacts = fields.Read(s_artifacts);
        if (hasPrograms && !fields.Has(Source))
        {
            NeedsSource(fields, s_build);
            NeedsSource(fields, s_artifacts);
        }

        return new RolloutSpec(
            source,
            build.Commands,
            build.Timeout,
            [.. artifacts.Select(a => new ArtifactSpec(a.Value, a.Span))],
            fields.Read(s_migrate),
            fields.Read(s_backup),
            fields.Read(s_deploy));
    }

    private static void NeedsSource(Fields fields, Key key)
    {
        if (fields.Has(key))
        {
            fields.Report(
                ManifestCodes.NeedsSource,
                key,
                $"\"{key.Name}\" is for releases from a source, but there is no \"source\"",
                $"add for example \"source: {{ git: . }}\", or remove \"{key.Name}\"");
        }
    }
}
