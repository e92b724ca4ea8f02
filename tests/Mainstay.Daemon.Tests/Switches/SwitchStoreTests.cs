using System.Collections.Immutable;
using Mainstay.Daemon.Switches;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Daemon.Tests.Switches;

public sealed class SwitchStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("switches-").FullName;
    private readonly ManualTimeProvider _time = new(s_start);
    private readonly ImmutableArray<SwitchSpec> _declared = [new("hooks", true, "of partners", SourceSpan.None), new("beta", false, "", SourceSpan.None)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nobody_has_set_it_so_it_is_as_the_manifest_has_it()
    {
        using var journal = Open();
        Assert.Equal([("hooks", true, null), ("beta", false, null)], new SwitchStore(journal, _time, NullLogger<SwitchStore>.Instance).All(_declared).Select(s => (s.Name, s.On, s.By)));
    }

    [Fact]
    public void What_was_set_is_there_after_a_restart_with_who_why_and_when()
    {
        using (var journal = Open())
        {
            new SwitchStore(journal, _time, NullLogger<SwitchStore>.Instance).Set("hooks", new(false, "anna@host", "doubles", s_start, null), "told");
        }

        using var again = Open();
        var hooks = new SwitchStore(again, _time, NullLogger<SwitchStore>.Instance).All(_declared)[0];
        Assert.Equal((false, true, "doubles", "anna@host", s_start, null), (hooks.On, hooks.Default, hooks.Reason, hooks.By, hooks.Since!.Value, hooks.Until));
        Assert.Equal(("switch.off", "told"), again.Events(0, 10).Select(e => (e.Kind, e.Because)).Single());
    }

    [Fact]
    public void When_its_time_is_over_it_is_as_its_default_also_before_anybody_has_looked()
    {
        using var journal = Open();
        var store = new SwitchStore(journal, _time, NullLogger<SwitchStore>.Instance);
        store.Set("hooks", new(false, "anna@host", null, s_start, s_start.AddMinutes(10)), "");
        Assert.Equal(s_start.AddMinutes(10), store.NextEnd());
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.False(store.All(_declared)[0].On);
        Assert.Empty(store.Expire(_declared));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(store.All(_declared)[0].On);
        Assert.Equal(["hooks"], store.Expire(_declared));
        Assert.Null(store.NextEnd());
        Assert.Equal("switch.ended", journal.Events(0, 10)[^1].Kind);
    }

    [Fact]
    public void What_the_manifest_does_not_have_any_more_is_forgotten()
    {
        using var journal = Open();
        var store = new SwitchStore(journal, _time, NullLogger<SwitchStore>.Instance);
        store.Set("hooks", new(false, "a", null, s_start, null), "");
        store.Keep([_declared[1]]);
        Assert.True(store.All(_declared)[0].On);
    }

    [Fact]
    public void While_nothing_can_be_written_a_change_is_refused_and_an_end_holds_all_the_same()
    {
        using var journal = new FullJournal(Open());
        var store = new SwitchStore(journal, _time, NullLogger<SwitchStore>.Instance);
        store.Set("hooks", new(false, "a", null, s_start, s_start.AddMinutes(1)), "");
        journal.IsFull = true;
        Assert.Throws<JournalException>(() => store.Set("beta", new(true, "a", null, s_start, null), ""));
        Assert.False(store.All(_declared)[1].On);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(store.Expire(_declared));
        store.Keep([]);
        Assert.True(store.All(_declared)[0].On);

        journal.IsFull = false;
        Assert.Equal(["hooks"], store.Expire(_declared));
    }

    private sealed class FullJournal(IJournal journal) : IJournal
    {
        public bool IsFull { get; set; }

        public ImmutableSortedDictionary<string, string> Read(string kind) => journal.Read(kind);

        public void Commit(JournalBatch batch)
        {
            if (IsFull)
            {
                throw new JournalException("the disk is full");
            }

            journal.Commit(batch);
        }

        public ImmutableArray<JournalEvent> Events(long afterId, int limit) => journal.Events(afterId, limit);

        public void Dispose() => journal.Dispose();
    }

    private SqliteJournal Open() => SqliteJournal.Open(Path.Combine(_folder, "mainstay.db"));
}
