using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class DirectorySourceTests : IDisposable
{
    private readonly Sandbox _box = new();
    private SourceReader _reader;

    public DirectorySourceTests() => _reader = new(new ShellCommands(), _box["mirrors"], SourceLimits.Default);

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_directory_is_named_by_its_content_and_not_by_its_git_folder()
    {
        _box.Write("app/server.js", "one");
        var before = await Examine();
        _box.Write("app/.git/HEAD", "x");
        Assert.Equal(before.Id, (await Examine()).Id);
        _box.Write("app/server.js", "two");
        Assert.NotEqual(before.Id, (await Examine()).Id);
        Assert.Matches("^sha256:[0-9a-f]{64}$", before.Id);
    }

    [Fact]
    public async Task Files_modes_and_links_within_are_copied()
    {
        var program = _box.Write("app/bin/run", "#!/bin/sh");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _box.Link("app/current", "bin/run");
        var outcome = await Fetch(await Examine());
        Assert.True(outcome.Ok, outcome.Because);
        Assert.True(File.GetUnixFileMode(_box["out/bin/run"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("bin/run", new FileInfo(_box["out/current"]).LinkTarget);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("here/../../outside")]
    public async Task A_link_that_leads_out_of_the_directory_is_an_error_that_names_it(string target)
    {
        _box.Write("app/server.js", "one");
        _box.Write("outside", "secret");
        _box.Link("app/here", ".");
        _box.Link("app/leak", target);
        var state = await Examine();
        Assert.False(state.IsKnown);
        Assert.Contains($"leak → {target}", Assert.Single(state.Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_changes_between_look_and_copy_is_not_deployed()
    {
        _box.Write("app/server.js", "one");
        var state = await Examine();
        _box.Write("app/server.js", "two");
        var outcome = await Fetch(state);
        Assert.False(outcome.Ok);
        Assert.Contains("was changed while it was copied", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fifo_does_not_hang_the_copy()
    {
        _box.Write("app/server.js", "one");
        _box.Run("app", "mkfifo", "pipe");
        Assert.True((await Fetch(await Examine())).Ok);
    }

    [Fact]
    public async Task More_files_than_a_release_may_have_are_refused()
    {
        _reader = new(new ShellCommands(), _box["mirrors"], SourceLimits.Default with { Tree = new TreeLimits(MaxFiles: 2) });
        _box.Write("app/a", "");
        _box.Write("app/b", "");
        _box.Write("app/c", "");
        Assert.Contains("more than 2 files", Assert.Single((await Examine()).Findings).What, StringComparison.Ordinal);
    }

    private DirectorySourceSpec Spec => new(_box["app"], SourceSpan.None);

    private Task<SourceState> Examine() => _reader.ExamineAsync(Spec, default);

    private Task<WorkOutcome> Fetch(SourceState state) => _reader.FetchAsync(Spec, state, _box.Folder("out"), default);
}
