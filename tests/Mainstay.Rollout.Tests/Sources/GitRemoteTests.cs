using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class GitRemoteTests : IDisposable
{
    private readonly Sandbox _box = new();
    private readonly SourceReader _reader;
    private readonly string _first;

    public GitRemoteTests()
    {
        _reader = new(new ShellCommands(), _box["mirrors"], SourceLimits.Default);
        _box.Repository("far");
        _box.Write("far/app.js", "one");
        _first = _box.Commit("far", "first");
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_branch_behind_a_url_is_resolved_and_checked_out_through_a_mirror()
    {
        var state = await Examine("main");
        Assert.Equal($"git:{_first}", state.Id);
        await Fetch(state, "out");
        Assert.Equal(["app.js"], _box.Files("out"));
        Assert.True(File.Exists(Path.Combine(Directory.GetDirectories(_box["mirrors"]).Single(), "HEAD")));
    }

    [Fact]
    public async Task A_mirror_learns_what_came_since_and_tells_the_commits_between()
    {
        var before = await Examine("main");
        await Fetch(before, "out");
        _box.Write("far/app.js", "two");
        _box.Commit("far", "second");
        var after = await Examine("main");
        await Fetch(after, "out2");
        Assert.Equal("two", File.ReadAllText(_box["out2/app.js"]));
        Assert.Equal("second", Assert.Single(await _reader.CommitsAsync(Spec("main"), before.Id, after.Id, default)).Subject);
    }

    [Fact]
    public async Task An_annotated_tag_means_its_commit()
    {
        _box.Git("far", "tag", "-a", "-m", "one", "v1");
        Assert.Equal(_first, (await Examine("v1")).Commit);
    }

    [Fact]
    public async Task A_commit_is_found_although_no_branch_names_it()
    {
        _box.Commit("far", "second");
        Assert.Equal(_first, (await Examine(_first[..10])).Commit);
    }

    [Fact]
    public async Task A_branch_that_becomes_a_folder_of_branches_does_not_break_the_mirror()
    {
        _box.Git("far", "branch", "release");
        await Fetch(await Examine("release"), "out");
        _box.Git("far", "branch", "-D", "release");
        _box.Git("far", "checkout", "-q", "-b", "release/1");
        var second = _box.Commit("far", "second");
        var mirror = MirrorsInode();
        await Fetch(await Examine("release/1"), "out2");
        Assert.Equal(second, _box.Git("out2", "rev-parse", "HEAD"));
        Assert.Equal(mirror, MirrorsInode());
    }

    [Theory]
    [InlineData("refs/heads/main.lock")]
    [InlineData("packed-refs.lock")]
    [InlineData("shallow.lock")]
    [InlineData("objects/pack")]
    public async Task A_mirror_that_a_killed_git_left_unusable_is_made_anew(string left)
    {
        await Fetch(await Examine("main"), "out");
        if (left == "packed-refs.lock")
        {
            // Only a fetch that removes a name from the packed ones needs that lock.
            _box.Git(Path.GetRelativePath(_box.Root, Mirror), "pack-refs", "--all");
            _box.Git("far", "checkout", "-q", "--orphan", "other");
            _box.Git("far", "branch", "-D", "main");
            _box.Git("far", "checkout", "-q", "-b", "main/1");
        }

        if (left == "objects/pack")
        {
            Directory.Delete(Path.Combine(Mirror, "objects"), recursive: true);
        }
        else
        {
            File.WriteAllText(Path.Combine(Mirror, left), "");
        }

        _box.Write("far/app.js", "two");
        _box.Commit("far", "second");
        await Fetch(await Examine(left == "packed-refs.lock" ? "main/1" : "main"), "out2");
        Assert.Equal("two", File.ReadAllText(_box["out2/app.js"]));
    }

    [Fact]
    public async Task Half_a_mirror_is_made_anew()
    {
        _box.Folder("mirrors");
        var state = await Examine("main");
        await Fetch(state, "out");
        File.Delete(Path.Combine(Mirror, "HEAD"));
        await Fetch(state, "out2");
        Assert.Equal(["app.js"], _box.Files("out2"));
    }

    [Fact]
    public async Task A_remote_that_does_not_answer_costs_no_mirror()
    {
        var state = await Examine("main");
        await Fetch(state, "out");
        Directory.Move(_box["far"], _box["gone"]);
        var outcome = await _reader.FetchAsync(Spec("main"), state with { Commit = new string('0', 40) }, _box.Folder("out2"), default);
        Assert.Contains("there is no repository", outcome.Because, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Mirror, "HEAD")));
    }

    [Fact]
    public void A_complaint_that_nobody_knows_comes_with_a_command_that_can_be_run_by_hand()
    {
        var answer = new GitAnswer(new CommandOutcome(1, null, false, null, TimeSpan.Zero, ["fatal: something new"]), []);
        Assert.Contains("`git ls-remote -- https://***@host.test/x.git`", GitFault.Explain("https://ada:hunter2@host.test/x.git", answer).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_ref_is_answered_with_the_nearest_names()
    {
        var finding = Assert.Single((await Examine("mian")).Findings);
        Assert.Equal(["main"], finding.Details);
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_explained()
    {
        var spec = new GitSourceSpec($"file://{_box["nowhere"]}", "main", SourceSpan.None);
        Assert.Contains("there is no repository", Assert.Single((await _reader.ExamineAsync(spec, default)).Findings).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fatal: Authentication failed for 'https://ada:hunter2@host.test/x.git/'", "it did not let us in")]
    [InlineData("fatal: could not read Username for 'https://host.test': terminal prompts disabled", "it did not let us in")]
    [InlineData("fatal: unable to access 'https://host.test/': Could not resolve host: host.test", "its host has no address here")]
    [InlineData("Host key verification failed.", "its host key is not known here")]
    [InlineData("fatal: unable to access 'x': Failed to connect to host.test port 443: Connection refused", "it cannot be reached")]
    public void What_git_complains_of_is_explained_and_no_password_is_shown(string said, string meaning)
    {
        var answer = new GitAnswer(new CommandOutcome(128, null, false, null, TimeSpan.Zero, [said]), [said]);
        var (what, fix) = GitFault.Explain("https://ada:hunter2@host.test/x.git", answer);
        Assert.Contains(meaning, what, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", what + fix, StringComparison.Ordinal);
    }

    private GitSourceSpec Spec(string name) => new($"file://{_box["far"]}", name, SourceSpan.None);

    private Task<SourceState> Examine(string name) => _reader.ExamineAsync(Spec(name), default);

    private string Mirror => Directory.GetDirectories(_box["mirrors"]).Single();

    private string MirrorsInode() => _box.Run("", "stat", "-c", "%i", Mirror);

    private async Task Fetch(SourceState state, string folder)
    {
        var outcome = await _reader.FetchAsync(Spec("main"), state, _box.Folder(folder), default);
        Assert.True(outcome.Ok, outcome.Because);
    }
}
