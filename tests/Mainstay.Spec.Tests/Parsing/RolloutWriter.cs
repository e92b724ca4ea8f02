using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using static Mainstay.Spec.Tests.Parsing.ManifestWriter;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>The part of <see cref="ManifestWriter"/> that says how a service comes to new code.</summary>
internal static class RolloutWriter
{
    public static JsonNode? Source(SourceSpec? source) => source switch
    {
        null => null,
        GitSourceSpec git => Map(("git", Text(git.Repository)), ("ref", git.Ref)),
        DirectorySourceSpec directory => Map(("directory", Text(directory.Directory))),
        ArchiveSourceSpec archive => Map(("archive", Text(archive.File)), ("sha256", archive.Sha256)),
        _ => throw new InvalidOperationException($"{source} is of no known kind"),
    };

    public static JsonNode Build(RolloutSpec rollout) => Map(("commands", List(rollout.Build.Select(Command))), ("timeout", Duration(rollout.BuildTimeout)));

    public static JsonNode? Migrate(MigrateSpec? migrate) =>
        migrate is null ? null : Map(("command", Command(migrate.Command)), ("shell", migrate.Command.Shell), ("timeout", Duration(migrate.Timeout)));

    public static JsonNode? Backup(BackupSpec? backup) => backup is null ? null : Map(
        ("paths", Texts(backup.Paths)),
        ("command", backup.Command is null ? null : Command(backup.Command)),
        ("restore", backup.Restore is null ? null : Command(backup.Restore)),
        ("keep", backup.Keep),
        ("timeout", Duration(backup.Timeout)));

    public static JsonNode Deploy(DeploySpec deploy) => Map(
        ("strategy", deploy.Strategy switch { DeployStrategy.Rolling => "rolling", DeployStrategy.BlueGreen => "blue_green", DeployStrategy.Canary => "canary" }),
        ("max_unavailable", deploy.MaxUnavailable),
        ("canary", deploy.Canary is not { } canary ? null : Map(
            ("percent", canary.Percent),
            ("header", canary.Header is null ? null : $"{canary.Header.Name}: {canary.Header.Value}"),
            ("cookie", canary.Cookie is null ? null : $"{canary.Cookie.Name}={canary.Cookie.Value}"),
            ("for", Duration(canary.For)))),
        ("verify", List(deploy.Verify.Select(Verify))),
        ("bake", Duration(deploy.Bake)),
        ("rollback_on", Map(
            ("error_rate", deploy.RollbackOn.ErrorRate is { } rate ? $"{rate * 100:0.##}%" : "ignore"),
            ("p99", deploy.RollbackOn.P99Factor is { } factor ? $"{factor}x" : "ignore"),
            ("restarts", deploy.RollbackOn.Restarts is { } restarts ? restarts : "ignore"),
            ("memory", deploy.RollbackOn.MemoryLimit ? "limit" : "ignore"))),
        ("deadline", Duration(deploy.Deadline)),
        ("keep_releases", deploy.KeepReleases));

    private static JsonNode Verify(VerifySpec verify)
    {
        var (http, command) = (verify.Probe as HttpProbeSpec, verify.Probe as CommandProbeSpec);
        return Map(
            ("http", http?.Path),
            ("headers", http is null ? null : Headers(http)),
            ("expect", http is null ? null : Expect(http)),
            ("command", command is null ? null : Command(command.Command)),
            ("shell", command?.Command.Shell),
            ("timeout", Duration(verify.Timeout)));
    }
}
