using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class RolloutKeyTests
{
    private const string Git = "source: { git: . }";

    [Fact]
    public void A_service_that_says_nothing_is_rolled_with_the_defaults() => Assert.True(Canonical.Same(RolloutSpec.None, Manifest.Service().Rollout, SpecJson.Default.RolloutSpec));

    [Theory]
    [InlineData("../repo", "/srv/repo", true)]
    [InlineData("/srv/x", "/srv/x", true)]
    [InlineData("a:b", "/srv/app/a:b", true)]
    [InlineData("https://example.com/shop.git", "https://example.com/shop.git", false)]
    [InlineData("ssh://git@example.com/shop.git", "ssh://git@example.com/shop.git", false)]
    [InlineData("git@example.com:team/shop.git", "git@example.com:team/shop.git", false)]
    public void A_repository_is_a_URL_or_a_path_beside_the_manifest(string written, string repository, bool isLocal)
    {
        var git = Assert.IsType<GitSourceSpec>(Manifest.Service($"source: {{ git: \"{written}\" }}").Rollout.Source);

        Assert.Equal((repository, "main", isLocal), (git.Repository, git.Ref, git.IsLocal));
    }

    [Fact]
    public void A_directory_and_an_archive_lie_beside_the_manifest_too()
    {
        var digest = new string('A', 64);

        Assert.Equal("/srv/app/src", Assert.IsType<DirectorySourceSpec>(Manifest.Service("source: { directory: src }").Rollout.Source).Directory);
        var archive = Assert.IsType<ArchiveSourceSpec>(Manifest.Service($"source: {{ archive: a.tgz, sha256: {digest} }}").Rollout.Source);
        Assert.Equal(("/srv/app/a.tgz", digest.ToLowerInvariant()), (archive.File, archive.Sha256));
    }

    [Theory]
    [InlineData("{ ref: main }", "MS1060", "services.api.source does not say where releases come from")]
    [InlineData("{ git: ., directory: . }", "MS1060", "services.api.source: it says \"git\" and \"directory\", but a release comes from one place")]
    [InlineData("{ directory: ., ref: main }", "MS1055", "services.api.source: \"ref\" is only for a source by \"git\"")]
    [InlineData("{ archive: a.zip }", "MS1007", "services.api.source has an archive, but no \"sha256\" to know it by")]
    [InlineData("{ archive: a.zip, sha256: abc }", "MS1072", "services.api.source.sha256 is \"abc\", but must be 64 hexadecimal digits")]
    [InlineData("{ archive: a.rar, sha256: 0000000000000000000000000000000000000000000000000000000000000000 }", "MS1027", "services.api.source.archive is \"a.rar\", but must be the path of a .tar, .tar.gz, .tgz or .zip")]
    [InlineData("{ git: \"ext::sh -c x\" }", "MS1074", "services.api.source.git is \"ext::sh -c x\", but must be a git URL (https, http, ssh, git, file, or user@host:path), or the path of a repository")]
    [InlineData("{ git: \"-u\" }", "MS1074", "services.api.source.git is \"-u\", but must be a git URL (https, http, ssh, git, file, or user@host:path), or the path of a repository")]
    [InlineData("{ git: ., ref: --upload-pack }", "MS1074", "services.api.source.ref is \"--upload-pack\", but must be a branch, a tag or a commit")]
    [InlineData("{ git: ., ref: a..b }", "MS1074", "services.api.source.ref is \"a..b\", but must be a branch, a tag or a commit")]
    [InlineData("{ branch: main, git: . }", "MS1005", "services.api.source has the key \"branch\", which is not known here")]
    [InlineData(".", "MS1006", "services.api.source is \".\", but must be a map with git, ref, directory, archive, sha256")]
    public void A_source_that_is_none_is_refused(string written, string code, string what)
    {
        var problem = Manifest.OnlyProblem(Manifest.With($"source: {written}"));

        Assert.Equal((code, what), (problem.Code, problem.What));
    }

    [Theory]
    [InlineData("https://me:{0}@example.com/shop.git")]
    [InlineData("https://{0}@example.com/shop.git")]
    public void A_password_in_a_URL_is_refused_and_not_shown(string url)
    {
        var secret = string.Concat(Enumerable.Repeat("q7w", 8));
        var problem = Manifest.OnlyProblem(Manifest.With($"source: {{ git: \"{string.Format(null, url, secret)}\" }}"));

        Assert.Equal("MS1074", problem.Code);
        Assert.DoesNotContain(secret, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://me@dev.azure.com/me/shop")]
    [InlineData("ssh://git@example.com/shop")]
    public void A_user_in_a_URL_is_no_secret(string url) => Assert.NotNull(Manifest.Service($"source: {{ git: \"{url}\" }}").Rollout.Source);

    [Theory]
    [InlineData(null, ".")]
    [InlineData(".", ".")]
    [InlineData("./api//x/", "api/x")]
    [InlineData("services/api", "services/api")]
    public void With_a_source_the_directory_is_within_the_release(string? written, string directory) =>
        Assert.Equal(directory, Manifest.Service(Git, written is null ? "instances: 1" : $"directory: {written}").Directory);

    [Theory]
    [InlineData("directory: /srv/app")]
    [InlineData("directory: ../api")]
    [InlineData("directory: a/../../b")]
    [InlineData("artifacts: [ /dist ]")]
    [InlineData("artifacts: [ ../dist ]")]
    [InlineData("artifacts: ~/dist")]
    public void No_path_leads_out_of_a_release(string line)
    {
        var problem = Manifest.OnlyProblem(Manifest.With(Git, line));

        Assert.Contains(problem.Code, (string[])["MS1073", "MS1027"]);
    }

    [Theory]
    [InlineData("source: { git: \"a\\0b\" }")]
    [InlineData("source: { directory: \"a\\0b\" }")]
    [InlineData("source: { archive: \"a\\0.zip\", sha256: x }")]
    [InlineData("source: { git: . }\n    directory: \"a\\0b\"")]
    [InlineData("source: { git: . }\n    artifacts: \"a\\0b\"")]
    [InlineData("backup: { paths: \"a\\0b\" }")]
    public void A_path_with_a_zero_byte_is_refused(string line) => Assert.Null(Manifest.Read(Manifest.With(line)).Stack);

    [Theory]
    [InlineData("build: [ npm ci ]", "services.api.build")]
    [InlineData("artifacts: [ dist ]", "services.api.artifacts")]
    public void Without_a_source_there_is_nothing_to_build(string line, string path)
    {
        var problem = Manifest.OnlyProblem(Manifest.With(line));

        Assert.Equal(("MS1059", path), (problem.Code, problem.Where.Path));
        Assert.StartsWith("add for example \"source: { git: . }\"", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Migrate_backup_and_deploy_need_no_source() =>
        Assert.NotNull(Manifest.Service("migrate: npm run migrate", "backup: { paths: data }", "deploy: { bake: 5s }").Rollout.Migrate);

    [Fact]
    public void A_build_is_commands_without_a_shell()
    {
        var build = Manifest.Service(Git, "build: [ \"npm ci\", [ npm, run, \"a b\" ] ]").Rollout;

        Assert.Equal(["npm|ci", "npm|run|a b"], build.Build.Select(c => string.Join('|', c.Argv)));
        Assert.All(build.Build, c => Assert.False(c.Shell));
        Assert.Equal(TimeSpan.FromMinutes(15), build.BuildTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), Manifest.Service(Git, "build: { commands: make, timeout: 2m }").Rollout.BuildTimeout);
        Assert.Equal("write two commands of the list, or [ sh, -c, \"...\" ], or quote the \"&&\"", Manifest.OnlyProblem(Manifest.With(Git, "build: npm ci && npm run build")).Fix);
    }

    [Fact]
    public void A_migration_may_have_ten_minutes_and_a_shell_when_it_says_so()
    {
        var brief = Manifest.Service("migrate: npm run migrate").Rollout.Migrate!;
        var full = Manifest.Service("migrate: { command: \"a > b\", shell: true, timeout: 1h }").Rollout.Migrate!;

        Assert.Equal((false, 3, TimeSpan.FromMinutes(10)), (brief.Command.Shell, brief.Command.Argv.Length, brief.Timeout));
        Assert.Equal((true, "a > b", TimeSpan.FromHours(1)), (full.Command.Shell, full.Command.Argv[0], full.Timeout));
        Assert.Equal("write { command: \"...\", shell: true }, or quote the \">\"", Manifest.OnlyProblem(Manifest.With("migrate: a > b")).Fix);
    }

    [Fact]
    public void A_string_of_a_backup_is_the_shells_and_a_list_is_not()
    {
        var backup = Manifest.Service("backup: { paths: [ data, /var/x ], command: \"pg_dump shop > $MAINSTAY_BACKUP/db.sql\", restore: [ psql, -f, x ] }").Rollout.Backup!;

        Assert.Equal(["/srv/app/data", "/var/x"], backup.Paths);
        Assert.Equal((true, "pg_dump shop > $MAINSTAY_BACKUP/db.sql"), (backup.Command!.Shell, Assert.Single(backup.Command.Argv)));
        Assert.False(backup.Restore!.Shell);
        Assert.Equal((5, TimeSpan.FromMinutes(10)), (backup.Keep, backup.Timeout));
        Assert.Equal("MS1007", Manifest.OnlyProblem(Manifest.With("backup: { keep: 3 }")).Code);
        Assert.Equal("MS1020", Manifest.OnlyProblem(Manifest.With("backup: { command: \" \" }")).Code);
    }
}
