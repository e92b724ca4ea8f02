using Mainstay.Journal;
using Mainstay.Supervisor.Adoption;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Supervisor.Tests.Adoption;

public class BrokenRecordTests
{
    private static readonly ManualTimeProvider Time = new(DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("clock", "{\"boot_id\":")]
    [InlineData("clock", "null")]
    [InlineData("runs", "[]")]
    [InlineData("stack", "7")]
    public void A_record_that_cannot_be_understood_is_the_journals_fault_and_said_as_such(string key, string json)
    {
        var journal = new MemoryJournal();
        journal.Commit(JournalBatch.Put(RecordKind.Home, key, json));

        var fault = Assert.Throws<JournalException>(() =>
        {
            _ = Remembered.Read(journal);
            _ = HomeClock.Resume(journal, Time, "boot", TimeSpan.Zero);
            _ = new Ledger(journal, Time, NullLogger.Instance);
        });
        Assert.StartsWith("a record of the journal cannot be understood", fault.Message, StringComparison.Ordinal);
    }
}
