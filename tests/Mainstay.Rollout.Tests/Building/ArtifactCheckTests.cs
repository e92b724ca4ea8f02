using System.Collections.Immutable;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Building;

public sealed class ArtifactCheckTests : IDisposable
{
    private static readonly DateTime s_old = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void What_the_build_wrote_is_there()
    {
        _box.Write("new/src/app.ts", "one");
        var outcome = Check("dist/app.js", build: () => _box.Write("new/dist/app.js", "built"));
        Assert.True(outcome.Ok, outcome.Because);
        Assert.EndsWith("written by the build", outcome.Evidence[0].Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_and_an_empty_artifact_are_both_named()
    {
        _box.Write("new/src/app.ts", "one");
        var outcome = Check(["dist/app.js", "dist/empty.js"], () => _box.Write("new/dist/empty.js", ""));
        Assert.Equal("dist/app.js does not exist in the release; dist/empty.js is empty", outcome.Because);
    }

    [Fact]
    public void A_directory_is_an_artifact_and_one_without_bytes_is_empty()
    {
        _box.Write("new/src/app.ts", "one");
        Assert.True(Check("dist", () => _box.Write("new/dist/a/b.js", "x")).Ok);
        Assert.Equal("public is empty", Check("public", () => _box.Write("new/public/a", "")).Because);
    }

    [Fact]
    public void An_artifact_that_leads_to_another_release_is_a_failure_that_names_both()
    {
        _box.Write("old/dist/app.js", "old");
        _box.Write("new/src/app.ts", "two");
        var outcome = Check("dist/app.js", () => _box.Link("new/dist", _box["old/dist"]));
        Assert.Equal($"dist/app.js leads to {_box["old/dist/app.js"]}, outside the release {_box["new"]}", outcome.Because);
    }

    [Fact]
    public void Output_that_came_with_the_source_and_that_the_build_did_not_write_is_old()
    {
        _box.Write("new/dist/app.js", "old");
        var outcome = Check("dist/app.js", () => { });
        Assert.False(outcome.Ok);
        Assert.StartsWith("the build kept old output: dist/app.js came with the source (git 1a2b3c4 main)", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_that_came_with_the_source_and_was_written_anew_is_fine()
    {
        File.SetLastWriteTimeUtc(_box.Write("new/dist/app.js", "same"), s_old);
        Assert.True(Check("dist/app.js", () => _box.Write("new/dist/app.js", "same")).Ok);
    }

    [Fact]
    public void An_artifact_that_is_itself_source_need_not_be_written_by_a_build_that_only_installs()
    {
        _box.Write("new/server.js", "one");
        var outcome = Check("server.js", () => _box.Write("new/node_modules/x/index.js", "x"));
        Assert.True(outcome.Ok, outcome.Because);
        Assert.EndsWith("part of the source; the build did not change it", outcome.Evidence[0].Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Output_restored_from_an_older_build_although_code_changed_is_a_failure_that_names_both()
    {
        _box.Write("old/src/app.ts", "one");
        File.SetLastWriteTimeUtc(_box.Write("old/dist/app.js", "one"), s_old);
        _box.Write("new/src/app.ts", "two");
        var outcome = Check("dist/app.js", () => File.SetLastWriteTimeUtc(_box.Write("new/dist/app.js", "one"), s_old), previous: true);
        Assert.Equal(
            "the build kept old output: dist/app.js is that of release r0, written 2026-01-01 00:00:00Z, although the source of git 1a2b3c4 main differs in src/app.ts", outcome.Because);
    }

    [Fact]
    public void The_same_bytes_written_anew_are_only_remarked()
    {
        _box.Write("old/src/app.ts", "one");
        File.SetLastWriteTimeUtc(_box.Write("old/dist/app.js", "one"), s_old);
        _box.Write("new/src/app.ts", "one // with a comment");
        var outcome = Check("dist/app.js", () => _box.Write("new/dist/app.js", "one"), previous: true);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Contains("the same bytes as in release r0 although src/app.ts differ", outcome.Evidence[0].Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Old_output_is_right_when_only_the_documentation_changed()
    {
        _box.Write("old/README.md", "one");
        File.SetLastWriteTimeUtc(_box.Write("old/dist/app.js", "one"), s_old);
        _box.Write("new/README.md", "two");
        Assert.True(Check("dist/app.js", () => File.SetLastWriteTimeUtc(_box.Write("new/dist/app.js", "one"), s_old), previous: true).Ok);
    }

    [Fact]
    public void Without_a_build_the_source_is_what_is_deployed()
    {
        _box.Write("new/dist/app.js", "one");
        var check = new ArtifactCheck(TreeLimits.Default);
        Assert.True(check.Check(_box["new"], "directory", Specs("dist/app.js"), null, Snapshot("new"), null, default).Ok);
    }

    private WorkOutcome Check(string artifact, Action build, bool previous = false) => Check([artifact], build, previous);

    private WorkOutcome Check(string[] artifacts, Action build, bool previous = false)
    {
        var check = new ArtifactCheck(TreeLimits.Default);
        var baseline = previous ? new ArtifactBaseline("r0", _box["old"], Source("old")) : null;
        var source = Snapshot("new");
        var before = check.Look(_box["new"], Specs(artifacts), default);
        build();
        return check.Check(_box["new"], "git 1a2b3c4 main", Specs(artifacts), before, source, baseline, default);
    }

    /// <summary>What the older release was made from: all but what its build made.</summary>
    private SourceSnapshot Source(string folder)
    {
        var all = Snapshot(folder);
        return all with { Files = all.Files.RemoveRange(all.Files.Keys.Where(f => f.StartsWith("dist/", StringComparison.Ordinal))) };
    }

    private SourceSnapshot Snapshot(string folder) => SourceSnapshot.Take(_box[folder], TreeLimits.Default, default);

    private static ImmutableArray<ArtifactSpec> Specs(params string[] paths) => [.. paths.Select(p => new ArtifactSpec(p, SourceSpan.None))];
}
