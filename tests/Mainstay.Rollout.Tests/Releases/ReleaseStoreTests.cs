using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Testing;

namespace Mainstay.Rollout.Tests.Releases;

public sealed class ReleaseStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);
    private static readonly ServiceName s_api = new("api");
    private static readonly SourceState s_source = new("git:0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", "git 0123456 main", []);

    private readonly Sandbox _box = new();
    private readonly ManualTimeProvider _clock = new(s_start);
    private readonly ReleaseStore _store;

    public ReleaseStoreTests() => _store = new(_box["releases"], TreeLimits.Default, _clock);

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_release_is_named_by_time_and_source_and_the_second_of_a_second_is_counted()
    {
        Assert.Equal("20261122T130000Z-0123456789ab", Begin().Id);
        Assert.Equal("20261122T130000Z-0123456789ab-2", Begin().Id);
    }

    [Fact]
    public void A_sealed_release_is_whole_and_says_what_it_holds()
    {
        var release = Built("a.js", "one");
        Assert.Equal((ReleaseState.Built, 1, 3L), (release.State, release.Files, release.Bytes));
        Assert.Empty(_store.Verify(s_api, release.Id, default));
    }

    [Fact]
    public void A_changed_a_missing_and_a_redirected_file_are_named()
    {
        var begun = Begin();
        var directory = _store.DirectoryOf(s_api, begun.Id);
        foreach (var name in (string[])["same", "changed", "gone", "longer"])
        {
            File.WriteAllText(Path.Combine(directory, name), "one");
        }

        File.CreateSymbolicLink(Path.Combine(directory, "link"), "same");
        _store.Seal(s_api, begun.Id, default);
        File.WriteAllText(Path.Combine(directory, "changed"), "two");
        File.WriteAllText(Path.Combine(directory, "longer"), "three");
        File.Delete(Path.Combine(directory, "gone"));
        File.Delete(Path.Combine(directory, "link"));
        File.CreateSymbolicLink(Path.Combine(directory, "link"), "changed");
        Assert.Equal(
            ["changed has other content", "gone is missing", "link links to changed, not to same", "longer has 5 bytes, not 3"], _store.Verify(s_api, begun.Id, default));
    }

    [Fact]
    public void Files_that_a_service_writes_beside_its_code_do_not_break_the_release()
    {
        var release = Built("a.js", "one");
        File.WriteAllText(Path.Combine(_store.DirectoryOf(s_api, release.Id), "cache.tmp"), "x");
        Assert.Empty(_store.Verify(s_api, release.Id, default));
    }

    [Fact]
    public void A_list_of_files_that_was_tampered_with_proves_nothing()
    {
        var release = Built("a.js", "one");
        var directory = _store.DirectoryOf(s_api, release.Id);
        File.WriteAllText(directory + ".files.json", """{"files":[]}""");
        Assert.Contains("is not the one that it was sealed with", Assert.Single(_store.Verify(s_api, release.Id, default)), StringComparison.Ordinal);
        File.WriteAllText(directory + ".files.json", "{ half");
        Assert.Contains("missing or damaged", Assert.Single(_store.Verify(s_api, release.Id, default)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_that_grew_beyond_its_bounds_is_not_sealed()
    {
        var store = new ReleaseStore(_box["releases"], new TreeLimits(MaxBytes: 10), _clock);
        var begun = Begin(store);
        File.WriteAllText(Path.Combine(store.DirectoryOf(s_api, begun.Id), "a"), new string('x', 11));
        Assert.Contains("larger than 10 bytes", Assert.Throws<TreeLimitException>(() => store.Seal(s_api, begun.Id, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Releases_are_listed_newest_first_whatever_became_of_them()
    {
        var (first, second, third, fourth) = (Built("a", "1"), Built("a", "2"), Built("a", "3"), Built("a", "4"));
        _store.Mark(s_api, first.Id, ReleaseState.Proven, "it served");
        _store.Mark(s_api, second.Id, ReleaseState.Proven, "it served");
        _store.Mark(s_api, third.Id, ReleaseState.Bad, "it was rolled back");
        _store.Mark(s_api, fourth.Id, ReleaseState.Serving, "it serves");
        Assert.Equal([fourth.Id, third.Id, second.Id, first.Id], _store.List(s_api).Select(r => r.Id));
    }

    [Fact]
    public void Pruning_keeps_the_newest_and_always_what_serves_and_the_rollback_target()
    {
        var made = Enumerable.Range(0, 6).Select(i => Built("a", $"{i}")).ToArray();
        _store.Mark(s_api, made[0].Id, ReleaseState.Serving, "");
        _store.Mark(s_api, made[1].Id, ReleaseState.Proven, "");
        var gone = Prune(keep: 3, maxBytes: 1000);
        Assert.Equal(new[] { made[4].Id, made[3].Id, made[2].Id }, gone);
        Assert.Equal([made[5].Id, made[1].Id, made[0].Id], _store.List(s_api).Select(r => r.Id));
        Assert.Empty(_store.Verify(s_api, made[0].Id, default));
        Assert.False(Path.Exists(_store.DirectoryOf(s_api, made[3].Id)));
    }

    [Fact]
    public void Pruning_by_bytes_counts_what_must_stay()
    {
        var made = Enumerable.Range(0, 3).Select(_ => Built("a", new string('x', 100))).ToArray();
        _store.Mark(s_api, made[0].Id, ReleaseState.Serving, "");
        Assert.Equal([made[1].Id], Prune(keep: 9, maxBytes: 250));
    }

    [Fact]
    public void Unfinished_releases_of_an_earlier_daemon_are_removed_and_those_of_this_one_are_not()
    {
        var old = Begin();
        _clock.Advance(TimeSpan.FromMinutes(2));
        var fresh = Begin();
        Assert.Equal([old.Id], _store.Prune(s_api, 5, long.MaxValue, ImmutableHashSet<string>.Empty, s_start.AddMinutes(1)));
        Assert.True(Directory.Exists(_store.DirectoryOf(s_api, fresh.Id)));
    }

    [Fact]
    public void A_removal_that_a_crash_cut_short_is_finished_by_the_next()
    {
        var release = Built("a", "1");
        var directory = _store.DirectoryOf(s_api, release.Id);
        Directory.Move(directory, Path.Combine(Path.GetDirectoryName(directory)!, ".trash-" + release.Id));
        Prune(5, long.MaxValue);
        Assert.Empty(_store.List(s_api));
        Assert.Empty(Directory.GetFileSystemEntries(_box["releases/api"]));
    }

    [Fact]
    public void A_folder_without_write_permission_does_not_stop_a_removal()
    {
        var release = Built("deep/a", "1");
        File.SetUnixFileMode(Path.Combine(_store.DirectoryOf(s_api, release.Id), "deep"), UnixFileMode.UserRead);
        Assert.Equal([release.Id], Prune(0, long.MaxValue));
        Assert.False(Path.Exists(_store.DirectoryOf(s_api, release.Id)));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData(".trash-x")]
    public void A_name_that_leads_elsewhere_finds_nothing(string id) => Assert.Null(_store.Find(s_api, id));

    [Fact]
    public void What_the_source_held_is_kept_for_the_next_comparison()
    {
        var begun = Begin();
        File.WriteAllText(Path.Combine(_store.DirectoryOf(s_api, begun.Id), "a.js"), "one");
        var taken = _store.KeepSource(s_api, begun.Id, default);
        Assert.Equal(taken.Files, _store.SourceOf(s_api, begun.Id)!.Files);
    }

    [Fact]
    public void An_abort_does_not_wait_for_every_byte_to_be_hashed()
    {
        var release = Built("a", "1");
        var abort = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => _store.KeepSource(s_api, release.Id, abort));
        Assert.Throws<OperationCanceledException>(() => _store.Seal(s_api, release.Id, abort));
        Assert.Throws<OperationCanceledException>(() => _store.Verify(s_api, release.Id, abort));
    }

    [Fact]
    public void A_name_alone_leaves_nothing_on_the_disk()
    {
        Assert.Equal("20261122T130000Z-0123456789ab", _store.NextId(s_api, s_source.Id));
        Assert.False(Directory.Exists(_box["releases"]));
    }

    private ReleaseRecord Begin(ReleaseStore? store = null) => (store ?? _store).Begin(s_api, _store.NextId(s_api, s_source.Id), s_source);

    private ImmutableArray<string> Prune(int keep, long maxBytes) => _store.Prune(s_api, keep, maxBytes, ImmutableHashSet<string>.Empty, s_start);

    private ReleaseRecord Built(string file, string text)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var begun = Begin();
        _box.Write(Path.GetRelativePath(_box.Root, Path.Combine(_store.DirectoryOf(s_api, begun.Id), file)), text);
        return _store.Seal(s_api, begun.Id, default);
    }
}
