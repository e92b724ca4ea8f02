using System.Formats.Tar;
using System.IO.Compression;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class ArchiveSourceTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("x.tar", "tar", "-cf")]
    [InlineData("x.tar.gz", "tar", "-czf")]
    [InlineData("x.tgz", "tar", "-czf")]
    [InlineData("x.zip", "zip", "-qry")]
    public async Task Each_form_is_unpacked_and_a_single_top_folder_is_stripped(string file, string program, string option)
    {
        _box.Write("made/app-1.0/server.js", "one");
        _box.Write("made/app-1.0/app-1.0/deep.js", "two");
        _box.Link("made/app-1.0/link.js", "server.js");
        File.SetUnixFileMode(_box["made/app-1.0/server.js"], (UnixFileMode)0b111_101_101);
        _box.Run("made", program, option, _box[file], "app-1.0");
        var outcome = await Fetch(file);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal(["app-1.0/deep.js", "link.js", "server.js"], _box.Files("out"));
        Assert.Equal("server.js", new FileInfo(_box["out/link.js"]).LinkTarget);
        Assert.True(File.GetUnixFileMode(_box["out/server.js"]).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Several_top_entries_stay_where_they_are()
    {
        _box.Write("made/a/x", "1");
        _box.Write("made/b", "2");
        _box.Run("made", "tar", "-cf", _box["x.tar"], ".");
        Assert.True((await Fetch("x.tar")).Ok);
        Assert.Equal(["a/x", "b"], _box.Files("out"));
    }

    [Fact]
    public async Task Another_hash_than_the_named_one_unpacks_nothing_and_names_both()
    {
        _box.Write("made/x", "1");
        _box.Run("made", "tar", "-cf", _box["x.tar"], "x");
        var real = FileTree.HashFile(_box["x.tar"], default);
        var spec = new ArchiveSourceSpec(_box["x.tar"], new string('0', 64), SourceSpan.None);
        var finding = Assert.Single((await Reader().ExamineAsync(spec, default)).Findings);
        Assert.Contains(real, finding.What, StringComparison.Ordinal);
        Assert.Contains(spec.Sha256, finding.What, StringComparison.Ordinal);
        Assert.False((await Reader().FetchAsync(spec, new("sha256:x", "x", "", []), _box.Folder("out"), default)).Ok);
        Assert.Empty(_box.Files("out"));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/tmp/rollout-evil")]
    public async Task An_entry_that_would_leave_the_release_ends_the_unpacking(string name)
    {
        Tar(w => w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) }));
        var outcome = await Fetch("x.tar");
        Assert.Contains("outside the release", outcome.Because, StringComparison.Ordinal);
        Assert.False(File.Exists(_box["evil"]));
        Assert.False(File.Exists("/tmp/rollout-evil"));
    }

    [Fact]
    public async Task A_zip_entry_that_would_leave_the_release_ends_the_unpacking()
    {
        using (var zip = ZipFile.Open(_box["x.zip"], ZipArchiveMode.Create))
        {
            zip.CreateEntry("../evil");
        }

        Assert.Contains("outside the release", (await Fetch("x.zip")).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_of_the_archive()
    {
        _box.Folder("elsewhere");
        Tar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "door") { LinkName = _box["elsewhere"] });
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "door/evil") { DataStream = new MemoryStream([1]) });
        });
        Assert.Contains("through the link door", (await Fetch("x.tar")).Because, StringComparison.Ordinal);
        Assert.Empty(_box.Files("elsewhere"));
    }

    [Fact]
    public async Task Nothing_is_read_through_a_link_of_the_archive()
    {
        _box.Write("elsewhere/shadow", "secret");
        Tar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "door") { LinkName = _box["elsewhere"] });
            w.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "taken") { LinkName = "door/shadow" });
        });
        Assert.Contains("\"taken\" is a hard link to \"door/shadow\", which leads through the link door", (await Fetch("x.tar")).Because, StringComparison.Ordinal);
        Assert.False(File.Exists(_box["out/taken"]));
    }

    [Fact]
    public async Task A_hard_link_within_the_archive_is_taken_by_its_content()
    {
        Tar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "lib/a") { DataStream = new MemoryStream([1]) });
            w.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "b") { LinkName = "lib/a" });
        });
        Assert.True((await Fetch("x.tar")).Ok);
        Assert.Equal([1], File.ReadAllBytes(_box["out/b"]));
    }

    [Fact]
    public async Task A_link_that_leads_out_is_refused()
    {
        Tar(w =>
        {
            w.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "x") { DataStream = new MemoryStream([1]) });
            w.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "door") { LinkName = "../../etc" });
        });
        Assert.Contains("door → ../../etc", (await Fetch("x.tar")).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_unpacks_to_more_than_a_release_may_be_is_stopped()
    {
        _box.Write("made/zeros", new string('0', 100_000));
        _box.Run("made", "tar", "-czf", _box["x.tgz"], "zeros");
        var outcome = await Fetch("x.tgz", new TreeLimits(MaxBytes: 50_000));
        Assert.Contains("larger than 50 kB", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_archive_is_an_outcome_and_not_an_exception()
    {
        _box.Write("x.tar.gz", "this is no archive");
        Assert.Contains("could not be unpacked", (await Fetch("x.tar.gz")).Because, StringComparison.Ordinal);
    }

    private void Tar(Action<TarWriter> write)
    {
        using var writer = new TarWriter(File.Create(_box["x.tar"]));
        write(writer);
    }

    private SourceReader Reader(TreeLimits? limits = null) => new(new ShellCommands(), _box["mirrors"], SourceLimits.Default with { Tree = limits ?? TreeLimits.Default });

    private async Task<WorkOutcome> Fetch(string file, TreeLimits? limits = null)
    {
        var spec = new ArchiveSourceSpec(_box[file], FileTree.HashFile(_box[file], default), SourceSpan.None);
        var state = await Reader().ExamineAsync(spec, default);
        Assert.True(state.IsKnown);
        return await Reader(limits).FetchAsync(spec, state, _box.Folder("out"), default);
    }
}
