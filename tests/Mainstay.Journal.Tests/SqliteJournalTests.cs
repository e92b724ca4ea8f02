using System.Globalization;

namespace Mainstay.Journal.Tests;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    private string File => _folder.File("home/mainstay.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_committed_is_there_after_a_reopen()
    {
        using (var journal = SqliteJournal.Open(File))
        {
            journal.Commit(new([new("wish", "api", "{\"up\":true}"), new("wish", "web", "{}"), new("other", "api", "1")], [], []));
            journal.Commit(new([new("wish", "api", "{\"up\":false}")], [new("wish", "web")], []));
        }

        using var again = SqliteJournal.Open(File);
        var wishes = again.Read("wish");
        Assert.Equal(["api"], wishes.Keys);
        Assert.Equal("{\"up\":false}", wishes["api"]);
        Assert.Empty(again.Read("never"));
    }

    [Fact]
    public void The_file_is_for_its_owner_only_and_so_is_a_folder_it_makes()
    {
        using var journal = SqliteJournal.Open(File);
        journal.Commit(JournalBatch.Put("k", "a", "1"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Path.GetDirectoryName(File)!).UnixFileMode);
        foreach (var file in (string[])[File, File + "-wal", File + "-shm"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void A_journal_that_others_could_read_is_closed_to_them()
    {
        SqliteJournal.Open(File).Dispose();
        System.IO.File.SetUnixFileMode(File, (UnixFileMode)0b110_100_100);

        SqliteJournal.Open(File).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Event_ids_grow_and_are_never_given_twice()
    {
        using (var journal = SqliteJournal.Open(File))
        {
            journal.Commit(new([], [], [Event("a"), Event("b")]));
        }

        using var again = SqliteJournal.Open(File);
        again.Commit(new([], [], [Event("c")]));

        Assert.Equal([(1, "a"), (2, "b"), (3, "c")], again.Events(0, 10).Select(e => ((int)e.Id, e.Because)));
        Assert.Equal(["b", "c"], again.Events(0, 2).Select(e => e.Because));
        Assert.Equal(["c"], again.Events(2, 10).Select(e => e.Because));
        Assert.Empty(again.Events(3, 10));
        Assert.Equal(Event("c") with { Id = 3 }, again.Events(2, 1)[0]);
    }

    [Fact]
    public void The_event_log_keeps_the_newest_and_no_more_than_its_limit()
    {
        using var journal = SqliteJournal.Open(File);
        for (var i = 0; i < 3; i++)
        {
            journal.Commit(new([], [], [.. Enumerable.Range(0, JournalLimits.Events / 2).Select(n => Event(n.ToString(CultureInfo.InvariantCulture)))]));
        }

        var kept = journal.Events(0, int.MaxValue);
        Assert.Equal(JournalLimits.Events, kept.Length);
        Assert.Equal((JournalLimits.Events / 2) + 1, kept[0].Id);
        Assert.Equal(JournalLimits.Events * 3 / 2, kept[^1].Id);
    }

    [Fact]
    public void A_sentence_without_end_is_cut()
    {
        using var journal = SqliteJournal.Open(File);
        journal.Commit(new([], [], [Event(new string('x', 100_000))]));

        Assert.Equal(JournalLimits.BecauseLength, journal.Events(0, 1)[0].Because.Length);
    }

    [Fact]
    public void A_batch_that_fails_half_way_changes_nothing()
    {
        using var journal = SqliteJournal.Open(File);
        journal.Commit(JournalBatch.Put("k", "a", "old"));

        Assert.ThrowsAny<Exception>(() => journal.Commit(new([new("k", "a", "new"), new("k", "b", null!)], [], [Event("lost")])));

        Assert.Equal(["old"], journal.Read("k").Values);
        Assert.Empty(journal.Events(0, 10));
        journal.Commit(JournalBatch.Put("k", "a", "newer"));
        Assert.Equal(["newer"], journal.Read("k").Values);
    }

    [Fact]
    public void Commits_from_many_threads_are_all_kept()
    {
        using var journal = SqliteJournal.Open(File);
        Parallel.For(0, 40, i => journal.Commit(new([new("k", $"{i:00}", "1")], [], [Event("x")])));

        Assert.Equal(40, journal.Read("k").Count);
        Assert.Equal(40, journal.Events(0, 100).Length);
    }

    private static JournalEvent Event(string because) => new(0, Noon, "instance.exited", "api", null, because);
}
