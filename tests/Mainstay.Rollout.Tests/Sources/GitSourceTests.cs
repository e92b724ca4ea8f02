using Mainstay.Rollout.Building;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class GitSourceTests : IDisposable
{
    private readonly Sandbox _box = new();
    private readonly ShellCommands _commands = new();
    private readonly SourceReader _reader;

    public GitSourceTests() => _reader = new(_commands, _box["mirrors"], SourceLimits.Default);

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_clean_repository_is_named_by_the_commit_of_its_ref()
    {
        var commit = Simple();
        var state = await Examine("main");
        Assert.Equal(($"git:{commit}", commit, $"git {commit[..7]} main"), (state.Id, state.Commit, state.Label));
        Assert.Empty(state.Findings);
    }

    [Fact]
    public async Task Local_changes_are_refused_with_the_files_named()
    {
        Simple();
        _box.Write("repo/app.js", "changed");
        _box.Write("repo/notes.txt", "untracked");
        var refusal = Assert.Single((await Examine("main")).Refusals(allowDirty: false));
        Assert.Contains("2 changes that no commit holds: app.js, notes.txt", refusal.What, StringComparison.Ordinal);
        Assert.Equal([" M app.js", "?? notes.txt"], refusal.Details);
    }

    [Fact]
    public async Task Local_changes_may_pass_when_the_user_says_so_and_are_recorded()
    {
        var commit = Simple();
        _box.Write("repo/app.js", "changed");
        var state = await Examine("main");
        Assert.Empty(state.Refusals(allowDirty: true));
        Assert.Contains("app.js", Assert.Single(state.Overrides(allowDirty: true)), StringComparison.Ordinal);
        await Fetch(state);
        Assert.Equal("one", File.ReadAllText(_box["out/app.js"]));
        Assert.Equal(commit, state.Commit);
    }

    [Fact]
    public async Task Of_many_local_changes_twenty_are_named_and_the_rest_is_counted()
    {
        Simple();
        for (var i = 10; i < 35; i++)
        {
            _box.Write($"repo/new{i}.txt", "");
        }

        var details = Assert.Single((await Examine("main")).Findings).Details;
        Assert.Equal(21, details.Length);
        Assert.Equal("5 more", details[^1]);
    }

    [Fact]
    public async Task Ignored_files_are_not_changes()
    {
        _box.Repository("repo");
        _box.Write("repo/.gitignore", "node_modules\n");
        _box.Write("repo/app.js", "one");
        _box.Commit("repo", "first");
        _box.Write("repo/node_modules/x/index.js", "");
        Assert.Empty((await Examine("main")).Findings);
    }

    [Fact]
    public async Task A_merge_in_progress_is_refused_with_the_conflicting_file()
    {
        Simple();
        _box.Git("repo", "checkout", "-q", "-b", "other");
        _box.Write("repo/app.js", "theirs");
        _box.Commit("repo", "theirs");
        _box.Git("repo", "checkout", "-q", "main");
        _box.Write("repo/app.js", "ours");
        _box.Commit("repo", "ours");
        Assert.Throws<InvalidOperationException>(() => _box.Git("repo", "merge", "other"));
        var refusals = (await Examine("main")).Refusals(false).Select(r => r.What).ToArray();
        Assert.Contains(refusals, r => r.EndsWith("is in the middle of a merge", StringComparison.Ordinal));
        Assert.Contains(refusals, r => r.Contains("merge conflicts: app.js", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commits_that_were_not_pushed_are_refused_by_name()
    {
        Cloned();
        _box.Write("repo/app.js", "local");
        _box.Commit("repo", "only here");
        var refusal = Assert.Single((await Examine("main")).Refusals(false));
        Assert.Contains("main has 1 commit that origin/main does not have", refusal.What, StringComparison.Ordinal);
        Assert.EndsWith("only here", Assert.Single(refusal.Details), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_behind_its_upstream_is_a_warning()
    {
        Cloned();
        _box.Write("origin/app.js", "newer");
        _box.Commit("origin", "newer");
        _box.Git("repo", "fetch", "-q");
        var finding = Assert.Single((await Examine("main")).Findings);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("lacks commits that origin/main has", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detached_head_is_a_warning()
    {
        var commit = Simple();
        _box.Git("repo", "checkout", "-q", "--detach", commit);
        var finding = Assert.Single((await Examine("HEAD")).Findings);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("detached", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_ref_is_answered_with_the_nearest_names()
    {
        Simple();
        _box.Git("repo", "branch", "production");
        _box.Git("repo", "tag", "v1");
        var state = await Examine("produktion");
        Assert.False(state.IsKnown);
        var finding = Assert.Single(state.Findings);
        Assert.Contains("no branch, tag or commit \"produktion\"", finding.What, StringComparison.Ordinal);
        Assert.Equal("production", finding.Details[0]);
        Assert.False(finding.MayPass);
    }

    [Theory]
    [InlineData("--upload-pack=touch /tmp/x")]
    [InlineData("-h")]
    public async Task A_ref_that_looks_like_an_option_reaches_no_git(string name)
    {
        Simple();
        Assert.False((await Examine(name)).IsKnown);
        Assert.Empty(_commands.Asked);
    }

    [Fact]
    public async Task What_is_no_repository_is_said_to_be_none()
    {
        _box.Folder("repo");
        Assert.Contains("is not a git repository", Assert.Single((await Examine("main")).Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkout_holds_the_commit_and_nothing_of_the_working_tree()
    {
        Simple();
        _box.Write("repo/.gitignore", "secret\n");
        var second = _box.Commit("repo", "second");
        _box.Write("repo/secret", "x");
        var state = await Examine("main");
        _box.Write("repo/app.js", "two");
        _box.Commit("repo", "third");
        var outcome = await Fetch(state);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal([".gitignore", "app.js"], _box.Files("out"));
        Assert.Equal("one", File.ReadAllText(_box["out/app.js"]));
        Assert.Equal(second, _box.Git("out", "rev-parse", "HEAD"));
    }

    [Fact]
    public async Task A_build_can_ask_the_checkout_for_the_nearest_tag()
    {
        Simple();
        _box.Git("repo", "tag", "v1.2.3");
        await Fetch(await Examine("main"));
        Assert.Equal("v1.2.3", _box.Git("out", "describe", "--tags"));
        GitCheckout.Forget(_box["out"], SourceLimits.Default.Tree);
        Assert.False(Directory.Exists(_box["out/.git"]));
    }

    [Fact]
    public async Task Submodules_come_along_and_leave_no_repository_behind()
    {
        _box.Repository("lib");
        _box.Write("lib/lib.js", "lib");
        _box.Commit("lib", "lib");
        Simple();
        _box.Git("repo", "submodule", "--quiet", "add", _box["lib"], "vendor/lib");
        _box.Commit("repo", "with lib");
        var outcome = await Fetch(await Examine("main"));
        Assert.True(outcome.Ok, outcome.Because);
        GitCheckout.Forget(_box["out"], SourceLimits.Default.Tree);
        Assert.Equal([".gitmodules", "app.js", "vendor/lib/lib.js"], _box.Files("out"));
        Assert.False(Path.Exists(_box["out/vendor/lib/.git"]));
    }

    [Fact]
    public async Task Nothing_that_a_repository_configures_is_run()
    {
        Simple();
        var trap = _box.Write("trap.sh", $"#!/bin/sh\ntouch {_box["sprung"]}\ncat\n");
        File.SetUnixFileMode(trap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _box.Write("repo/.gitattributes", "*.js filter=evil\n");
        _box.Commit("repo", "attributes");
        _box.Git("repo", "config", "filter.evil.clean", trap);
        _box.Git("repo", "config", "filter.evil.smudge", trap);
        _box.Git("repo", "config", "core.fsmonitor", trap);
        _box.Git("repo", "config", "log.showSignature", "true");
        _box.Git("repo", "config", "gpg.program", trap);
        File.Copy(trap, _box["repo/.git/hooks/post-checkout"]);
        File.SetLastWriteTimeUtc(_box["repo/app.js"], DateTime.UnixEpoch.AddYears(50));
        var state = await Examine("main");
        await Fetch(state);
        await _reader.CommitsAsync(Spec("main"), state.Id, state.Id, default);
        Assert.False(File.Exists(_box["sprung"]));
        Assert.Equal("one", File.ReadAllText(_box["out/app.js"]));
    }

    [Fact]
    public async Task A_repository_of_another_user_can_be_deployed_by_root()
    {
        var commit = Simple();
        if (Environment.UserName == "root")
        {
            _box.Run("", "chown", "-R", "nobody", _box["repo"]);
        }

        var state = await Examine("main");
        Assert.Equal(commit, state.Commit);
        Assert.Empty(state.Findings);
        var outcome = await Fetch(state);
        Assert.True(outcome.Ok, outcome.Because);
    }

    [Fact]
    public async Task The_commits_between_two_releases_are_listed_newest_first()
    {
        var first = Simple();
        _box.Commit("repo", "second | with <b>");
        var third = _box.Commit("repo", "third");
        var commits = await _reader.CommitsAsync(Spec("main"), $"git:{first}", $"git:{third}", default);
        Assert.Equal(["third", "second | with <b>"], commits.Select(c => c.Subject));
        Assert.Equal(("Ada", third), (commits[0].Author, commits[0].Id));
    }

    [Fact]
    public async Task Of_many_changed_files_two_hundred_are_named_and_the_rest_is_counted()
    {
        var first = Simple();
        for (var i = 0; i < 230; i++)
        {
            _box.Write($"repo/new{i:000}.txt", "");
        }

        var files = await _reader.FilesAsync(Spec("main"), $"git:{first}", $"git:{_box.Commit("repo", "many")}", default);
        Assert.Equal((200, 30, "A new000.txt"), (files.Named.Length, files.LeftOut, files.Named[0]));
    }

    private string Simple()
    {
        _box.Repository("repo");
        _box.Write("repo/app.js", "one");
        return _box.Commit("repo", "first");
    }

    private void Cloned()
    {
        _box.Repository("origin");
        _box.Write("origin/app.js", "one");
        _box.Commit("origin", "first");
        _box.Git("", "clone", "-q", _box["origin"], _box["repo"]);
    }

    private GitSourceSpec Spec(string name) => new(_box["repo"], name, SourceSpan.None);

    private Task<SourceState> Examine(string name) => _reader.ExamineAsync(Spec(name), default);

    private Task<WorkOutcome> Fetch(SourceState state) => _reader.FetchAsync(Spec("main"), state, _box.Folder("out"), default);
}
