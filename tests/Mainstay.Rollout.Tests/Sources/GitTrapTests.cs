using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Sources;

/// <summary>What a repository configures is never run as the daemon's user, wherever in it that is written.</summary>
public sealed class GitTrapTests : IDisposable
{
    private readonly Sandbox _box = new();
    private readonly SourceReader _reader;
    private readonly string _trap;

    public GitTrapTests()
    {
        _reader = new(new ShellCommands(), _box["mirrors"], SourceLimits.Default);
        _trap = _box.Write("trap.sh", $"#!/bin/sh\ntouch {_box["sprung"]}\ncat\n");
        File.SetUnixFileMode(_trap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _box.Repository("lib");
        _box.Write("lib/lib.js", "one");
        _box.Commit("lib", "library");
        _box.Repository("repo");
        _box.Write("repo/app.js", "one");
        _box.Write("repo/.gitattributes", "*.js filter=evil\n");
        _box.Git("repo", "submodule", "--quiet", "add", _box["lib"], "vendor/lib");
        _box.Commit("repo", "with a submodule");
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task The_filters_of_a_submodule_are_not_run()
    {
        File.WriteAllText(_box["repo/.git/modules/vendor/lib/info/attributes"], "*.js filter=evil\n");
        _box.Git("repo/vendor/lib", "config", "filter.evil.clean", _trap);
        File.SetLastWriteTimeUtc(_box["repo/vendor/lib/lib.js"], DateTime.UnixEpoch.AddYears(50));
        Assert.Empty((await ExamineAsync()).Findings);
        Assert.False(File.Exists(_box["sprung"]));
    }

    [Fact]
    public async Task The_filters_of_a_work_trees_own_configuration_are_not_run()
    {
        _box.Git("repo", "config", "extensions.worktreeConfig", "true");
        _box.Git("repo", "config", "--worktree", "filter.evil.clean", _trap);
        File.SetLastWriteTimeUtc(_box["repo/app.js"], DateTime.UnixEpoch.AddYears(50));
        Assert.Empty((await ExamineAsync()).Findings);
        Assert.False(File.Exists(_box["sprung"]));
    }

    [Fact]
    public async Task A_submodule_at_another_commit_is_still_told()
    {
        _box.Commit("repo/vendor/lib", "not recorded above");
        var refusal = Assert.Single((await ExamineAsync()).Refusals(allowDirty: false));
        Assert.Equal([" M vendor/lib"], refusal.Details);
    }

    private Task<SourceState> ExamineAsync() => _reader.ExamineAsync(new GitSourceSpec(_box["repo"], "main", SourceSpan.None), TestContext.Current.CancellationToken);
}
