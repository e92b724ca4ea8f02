using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Planning;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Rollout.Tests.Execution;

public sealed class RolloutBookTests : IDisposable
{
    private static readonly RolloutMaterial s_material = new(null, [], new(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [], [], []), [], []);

    private readonly MemoryJournal _journal = new();

    public void Dispose() => _journal.Dispose();

    [Fact]
    public void One_that_ended_and_is_no_longer_understood_is_left_out_and_keeps_its_number()
    {
        Begun();
        Replace("\"phase\":\"rolling\"", "\"phase\":\"from_the_future\",\"ended_at\":\"2026-11-22T03:00:00+00:00\"");

        var book = Opened();

        Assert.Empty(book.All);
        Assert.Equal(8, book.NextNumber);
    }

    [Fact]
    public void One_under_way_that_is_not_understood_is_no_reason_to_begin_without_it()
    {
        Begun();
        Replace("\"phase\":\"rolling\"", "\"phase\":\"from_the_future\"");

        Assert.Throws<JournalException>(Opened);
    }

    private void Begun() => new RolloutBook(_journal, NullLogger.Instance).Begin(Tests.Planning.Rollouts.Planned() with { Phase = RolloutPhase.Rolling }, s_material);

    private RolloutBook Opened()
    {
        var book = new RolloutBook(_journal, NullLogger.Instance);
        book.Open();
        return book;
    }

    private void Replace(string text, string by)
    {
        var (key, json) = _journal.Read("rollout").Single();
        Assert.Contains(text, json, StringComparison.Ordinal);
        _journal.Commit(new([new("rollout", key, json.Replace(text, by, StringComparison.Ordinal))], [], []));
    }
}
