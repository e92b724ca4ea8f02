using FsCheck.Fluent;

namespace Mainstay.Journal.Tests;

public sealed class MemoryJournalTests
{
    [Fact]
    public void A_failed_commit_throws_once_and_changes_nothing()
    {
        using var journal = new MemoryJournal { FailNextCommit = true };

        Assert.Throws<JournalException>(() => journal.Commit(JournalBatch.Put("k", "a", "1")));
        Assert.Empty(journal.Read("k"));

        journal.Commit(JournalBatch.Put("k", "a", "2"));
        Assert.Equal("2", journal.Read("k")["a"]);
    }

    [Fact]
    public void A_clone_is_what_was_there_and_hears_of_nothing_later()
    {
        using var journal = new MemoryJournal();
        journal.Commit(JournalBatch.Put("k", "a", "1"));
        using var left = journal.Clone();
        journal.Commit(JournalBatch.Put("k", "a", "2"));
        left.Commit(JournalBatch.Put("k", "b", "3"));

        Assert.Equal("1", left.Read("k")["a"]);
        Assert.Equal(["a"], journal.Read("k").Keys);
    }

    [Fact]
    public void It_says_the_same_as_the_journal_on_disk()
    {
        using var folder = new TempFolder();
        var files = 0;
        var word = Gen.Elements("a", "b", "é", "A");
        var batch =
            from puts in (from kind in word from key in word from json in word select new JournalPut(kind, key, json)).ListOf()
            from deletes in (from kind in word from key in word select new JournalDelete(kind, key)).ListOf()
            from events in word.Select(w => new JournalEvent(0, DateTimeOffset.UnixEpoch, w, null, w, w)).ListOf()
            select new JournalBatch([.. puts], [.. deletes], [.. events]);

        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(batch.ListOf().ToArbitrary(), batches =>
        {
            using var memory = new MemoryJournal();
            using var disk = SqliteJournal.Open(folder.File($"{files++}.db"));
            foreach (var b in batches)
            {
                memory.Commit(b);
                disk.Commit(b);
            }

            foreach (var kind in (string[])["a", "b", "é", "A"])
            {
                Assert.Equal(disk.Read(kind).ToArray(), memory.Read(kind).ToArray());
            }

            Assert.Equal(disk.Events(1, 3).ToArray(), memory.Events(1, 3).ToArray());
        }));
    }
}
