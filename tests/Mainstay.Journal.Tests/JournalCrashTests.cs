using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Mainstay.Journal.Tests;

/// <summary>Each batch writes its number into ten records; a crash at any place must leave ten equal numbers.</summary>
public sealed class JournalCrashTests : IDisposable
{
    private const string WriterVariable = "MAINSTAY_TEST_JOURNAL_WRITER";

    private readonly TempFolder _folder = new();

    private string File => _folder.File("mainstay.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_writer_leaves_the_last_acknowledged_batch_or_the_next_one()
    {
        var random = new Random(7);
        var atLeast = 0;
        for (var round = 0; round < 4; round++)
        {
            using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardOutput = true,
                Environment = { [WriterVariable] = File },
            })!;
            for (var lines = random.Next(5, 60); lines > 0; lines--)
            {
                atLeast = int.Parse((await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
            }

            writer.Kill();
            var unread = await writer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken);

            // Lines that were in the pipe were acknowledged too; one more batch may have been committed without a line.
            var acknowledged = atLeast + unread.Count(c => c == '\n');
            atLeast = NumberIn(File);
            Assert.InRange(atLeast, acknowledged, acknowledged + 1);
        }
    }

    [Fact]
    public void A_log_cut_at_any_byte_leaves_a_whole_batch()
    {
        ImmutableArray<long> lengthAfter;
        using (var journal = SqliteJournal.Open(File))
        {
            WriteBatch(journal, 0);
            journal.Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            lengthAfter = [.. Enumerable.Range(1, 6).Select(n =>
            {
                WriteBatch(journal, n);
                return new FileInfo(File + "-wal").Length;
            })];
            System.IO.File.Copy(File, _folder.File("crashed.db"));
            System.IO.File.Copy(File + "-wal", _folder.File("crashed.db-wal"));
        }

        var (database, log) = (System.IO.File.ReadAllBytes(_folder.File("crashed.db")), System.IO.File.ReadAllBytes(_folder.File("crashed.db-wal")));
        var random = new Random(11);
        var cuts = Enumerable.Range(0, 150).Select(_ => random.Next(log.Length)).Concat(lengthAfter.SelectMany(l => (int[])[(int)l - 1, (int)l, (int)l + 1]));
        foreach (var cut in cuts.Select(c => Math.Min(c, log.Length)))
        {
            var left = _folder.File($"cut-{cut}.db");
            System.IO.File.WriteAllBytes(left, database);
            System.IO.File.WriteAllBytes(left + "-wal", log[..cut]);

            Assert.Equal(lengthAfter.Count(l => l <= cut), NumberIn(left));
        }
    }

    /// <summary>The child of the kill test: this very executable, which writes until it is killed instead of running tests.</summary>
    [ModuleInitializer]
    internal static void WriteUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(WriterVariable) is not { } file)
        {
            return;
        }

        using var journal = SqliteJournal.Open(file);
        for (var n = journal.Read("k").Count == 0 ? 1 : NumberIn(journal) + 1; ; n++)
        {
            WriteBatch(journal, n);
            Console.Out.WriteLine(n);
            Console.Out.Flush();
        }
    }

    private static void WriteBatch(SqliteJournal journal, int n) => journal.Commit(new(
        [.. Enumerable.Range(0, 10).Select(i => new JournalPut("k", $"{i}", n.ToString(CultureInfo.InvariantCulture)))],
        [],
        [new(0, DateTimeOffset.UnixEpoch, "batch", null, null, n.ToString(CultureInfo.InvariantCulture))]));

    private static int NumberIn(string file)
    {
        using var journal = SqliteJournal.Open(file);
        return NumberIn(journal);
    }

    private static int NumberIn(SqliteJournal journal)
    {
        var number = int.Parse(Assert.Single(journal.Read("k").Values.Distinct()), CultureInfo.InvariantCulture);
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture), journal.Events(0, 1)[0].Because);
        return number;
    }
}
