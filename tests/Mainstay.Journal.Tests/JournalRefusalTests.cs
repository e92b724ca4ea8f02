using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Mainstay.Journal.Tests;

/// <summary>A file that cannot be trusted is reported and kept byte for byte; it is never replaced by an empty one.</summary>
public sealed class JournalRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => _folder.File("mainstay.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(5000)]
    public void A_cut_file_is_reported_and_kept(int length)
    {
        MakeJournal();
        using (var file = System.IO.File.OpenWrite(File))
        {
            file.SetLength(length);
        }

        var refusal = Refuses();
        Assert.Contains("is damaged", refusal, StringComparison.Ordinal);
        Assert.Contains("kept as it is", refusal, StringComparison.Ordinal);
        Assert.Contains("fix: restore it", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_file_is_reported_and_kept()
    {
        System.IO.File.WriteAllText(File, new string('x', 4096));

        Assert.Contains("no SQLite file", Refuses(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_of_another_program_is_reported_and_kept()
    {
        using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            other.Open();
            other.Execute("CREATE TABLE customers (id INTEGER)");
        }

        Assert.Contains("another program", Refuses(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_journal_is_reported()
    {
        Directory.CreateDirectory(File);

        Assert.Throws<JournalException>(() => SqliteJournal.Open(File));
    }

    [Fact]
    public void A_newer_format_is_refused_and_kept()
    {
        SqliteJournal.Open(File, [.. JournalSchema.Migrations, "CREATE TABLE later (x INTEGER)"]).Dispose();

        Assert.Contains("newer Mainstay (format 2, this one knows 1)", Refuses(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_its_journal_is_reported_and_not_mixed_into_a_new_one()
    {
        MakeJournal();
        System.IO.File.Move(File, File + ".old");
        System.IO.File.WriteAllBytes(File + "-wal", [1, 2, 3]);

        var refusal = Assert.Throws<JournalException>(() => SqliteJournal.Open(File));

        Assert.Contains("write-ahead log", refusal.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_journal_that_somebody_holds_is_busy_and_not_damaged()
    {
        MakeJournal();
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        other.Execute("PRAGMA locking_mode = EXCLUSIVE");
        other.Execute("BEGIN EXCLUSIVE");

        var refusal = Assert.Throws<JournalException>(() => SqliteJournal.Open(File)).Message;

        Assert.Contains("could not be opened", refusal, StringComparison.Ordinal);
        Assert.Contains("fix: end the program that holds it", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_creation_that_was_cut_off_is_begun_anew()
    {
        System.IO.File.WriteAllText(File + ".new", "half a database");

        using var journal = SqliteJournal.Open(File);

        Assert.Empty(journal.Read("k"));
        Assert.False(System.IO.File.Exists(File + ".new"));
    }

    [Fact]
    public void Any_flipped_bit_is_reported_or_harmless()
    {
        MakeJournal();
        var good = System.IO.File.ReadAllBytes(File);
        var random = new Random(20261122);
        var reported = 0;
        for (var round = 0; round < 400; round++)
        {
            var bad = (byte[])good.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            System.IO.File.WriteAllBytes(File, bad);
            System.IO.File.Delete(File + "-wal");
            System.IO.File.Delete(File + "-shm");
            try
            {
                using var journal = SqliteJournal.Open(File);
                Assert.Equal(Expected, journal.Read("k"));
            }
            catch (JournalException)
            {
                reported++;
                Assert.Equal(bad, System.IO.File.ReadAllBytes(File));
            }
        }

        // Most of the file is records; a check that reports nothing would pass the loop above only if it also read nothing.
        Assert.InRange(reported, 100, 400);
    }

    private static ImmutableSortedDictionary<string, string> Expected { get; } =
        Enumerable.Range(0, 60).ToImmutableSortedDictionary(i => $"{i:00}", i => new string((char)('a' + (i % 26)), 300), StringComparer.Ordinal);

    private void MakeJournal()
    {
        using var journal = SqliteJournal.Open(File);
        journal.Commit(new([.. Expected.Select(r => new JournalPut("k", r.Key, r.Value))], [], []));
    }

    private string Refuses()
    {
        var before = System.IO.File.ReadAllBytes(File);
        var refusal = Assert.Throws<JournalException>(() => SqliteJournal.Open(File));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Contains(File, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("fix: ", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }
}
