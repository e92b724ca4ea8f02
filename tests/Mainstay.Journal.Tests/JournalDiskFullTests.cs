using System.Diagnostics;
using System.Globalization;

namespace Mainstay.Journal.Tests;

public sealed class JournalDiskFullTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", _folder.File("disk"));
        }

        _folder.Dispose();
    }

    [Fact]
    public void A_full_disk_is_reported_and_the_state_is_unchanged()
    {
        Directory.CreateDirectory(_folder.File("disk"));
        _mounted = Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=512k", "mainstay-test", _folder.File("disk"));
        Assert.SkipUnless(_mounted, "mounting a small file system needs root");
        var ballast = _folder.File("disk/ballast");
        File.WriteAllBytes(ballast, new byte[200_000]);
        using (var journal = SqliteJournal.Open(_folder.File("disk/mainstay.db")))
        {
            var committed = FillsUp(journal);

            File.Delete(ballast);
            journal.Commit(JournalBatch.Put("k", "later", "1"));
            Assert.Equal(committed + 1, journal.Read("k").Count);
        }

        using var again = SqliteJournal.Open(_folder.File("disk/mainstay.db"));
        Assert.Equal("1", again.Read("k")["later"]);
    }

    [Fact]
    public void A_journal_that_may_not_grow_is_reported_and_the_state_is_unchanged()
    {
        using var journal = SqliteJournal.Open(_folder.File("mainstay.db"));
        journal.Connection.Execute("PRAGMA max_page_count = 40");

        var committed = FillsUp(journal);

        // Making room is possible while full, and afterwards the journal works on.
        journal.Commit(new([], [new("k", "00000"), new("k", "00001")], []));
        journal.Commit(JournalBatch.Put("k", "later", new string('x', 8000)));
        Assert.Equal(committed - 1, journal.Read("k").Count);
    }

    private static int FillsUp(SqliteJournal journal)
    {
        var committed = 0;
        var failure = Assert.Throws<JournalException>(void () =>
        {
            for (; ; committed++)
            {
                journal.Commit(new([new("k", $"{committed:00000}", new string('x', 8000)), new("count", "n", $"{committed + 1}")], [], []));
            }
        });

        Assert.Contains("fix: free space", failure.Message, StringComparison.Ordinal);
        Assert.Equal(committed, journal.Read("k").Count);
        Assert.Equal(committed.ToString(CultureInfo.InvariantCulture), journal.Read("count")["n"]);
        return committed;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
