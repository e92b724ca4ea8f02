using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Rooms;

namespace Mainstay.Realtime.Tests.Hub.Rooms;

public class RoomHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RoomAddress Orders = new(new Branch("north"), "orders");

    private static RoomHistory New(RoomLimits? limits = null) => new(Orders, "e1", limits ?? new());

    private static PublishOutcome Publish(RoomHistory room, string data, string? key = null, DateTimeOffset? now = null) =>
        room.Publish(Encoding.UTF8.GetBytes(data), key, "corr", null, now ?? Now);

    private static readonly RoomLimits Small = new() { MaxEvents = 5, MaxBytes = 900, MaxAge = TimeSpan.FromSeconds(20), MaxResumed = 4, KeyKept = TimeSpan.FromSeconds(10) };

    private static readonly Gen<(int Wait, int Data)[]> Histories =
        Gen.Choose(0, 6).SelectMany(wait => Gen.Choose(0, 300).Select(data => (wait, data))).ListOf().Select(l => l.ToArray());

    /// <summary>Beside the history stands all that was ever published. A comer from any place gets exactly the rest of it, or nothing and is told so.</summary>
    [Fact]
    public void Who_resumes_gets_all_that_was_missed_or_nothing() => Prop.ForAll(Histories.ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), (steps, restart) =>
    {
        var (room, all, now) = (New(Small), new List<RoomEvent>(), Now);
        foreach (var (wait, data) in steps)
        {
            now += TimeSpan.FromSeconds(wait);
            all.Add(Publish(room, $"\"{new string('x', data)}\"", null, now).Event!);
            room = restart == 0 ? RoomHistory.Restore(Orders, "e1", all.Count, all, Small, now) : room;
            for (var since = 0; since <= all.Count + 1; since++)
            {
                var resume = room.Resume(new("e1", since), now);
                var missed = all.Skip(since).ToArray();
                var kept = missed.Length <= Small.MaxResumed && missed.Sum(e => e.Size) <= Small.MaxBytes && missed.All(e => e.At + Small.MaxAge > now) && since <= all.Count;
                if (resume.Recovered != kept || resume.Position.Offset != all.Count || !resume.Missed.SequenceEqual(kept ? missed : []))
                {
                    return false;
                }
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_epoch_a_future_place_and_no_place_recover_nothing()
    {
        var room = New();
        Publish(room, "1");

        Assert.False(room.Resume(new("e0", 1), Now).Recovered);
        Assert.False(room.Resume(new("e1", 2), Now).Recovered);
        Assert.False(room.Resume(null, Now).Recovered);
        Assert.True(room.Resume(new("e1", 1), Now).Recovered);
        Assert.Single(room.Resume(new("e1", 0), Now).Missed);
    }

    [Fact]
    public void More_bytes_than_a_connection_takes_are_not_sent_in_part()
    {
        var room = New(new RoomLimits { MaxResumedBytes = 1000 });
        Publish(room, $"\"{new string('x', 500)}\"");
        Publish(room, $"\"{new string('x', 500)}\"");

        Assert.True(room.Resume(new("e1", 1), Now).Recovered);
        var both = room.Resume(new("e1", 0), Now);
        Assert.False(both.Recovered);
        Assert.Empty(both.Missed);
    }

    [Fact]
    public void A_publish_with_a_known_key_makes_no_second_event_also_after_a_restart()
    {
        var room = New(Small);
        var first = Publish(room, """{"a":1,"b":2}""", "k");
        var again = Publish(room, """{"b":2, "a":1}""", "k");
        Assert.Equal((PublishVerdict.Known, first.Offset), (again.Verdict, again.Offset));
        Assert.Equal(PublishVerdict.KeyConflict, Publish(room, "2", "k").Verdict);

        var restored = RoomHistory.Restore(Orders, "e1", 1, [first.Event!], Small, Now);
        Assert.Equal(PublishVerdict.Known, Publish(restored, """{"a":1,"b":2}""", "k").Verdict);
        Assert.Equal((PublishVerdict.Published, 2L), (Publish(restored, "2", "k", Now + Small.KeyKept) is var o ? (o.Verdict, o.Offset) : default));
    }

    [Fact]
    public void A_key_outlives_its_event_and_is_never_given_up_for_room()
    {
        var room = New(Small with { MaxEvents = 1, MaxKeys = 2 });
        Publish(room, "1", "a");
        Publish(room, "2", "b");
        Assert.Equal(1, room.Count);
        Assert.Equal(PublishVerdict.Known, Publish(room, "1", "a").Verdict);
        Assert.Equal(PublishVerdict.KeysFull, Publish(room, "3", "c").Verdict);
        Assert.Equal(PublishVerdict.Published, Publish(room, "3", "c", Now + Small.KeyKept).Verdict);
    }

    [Fact]
    public void A_store_with_a_gap_is_not_taken_for_a_history()
    {
        var room = New();
        var events = Enumerable.Range(1, 3).Select(i => Publish(room, $"{i}").Event!).ToArray();

        Assert.Throws<ArgumentException>(() => RoomHistory.Restore(Orders, "e1", 3, [events[0], events[2]], new(), Now));
        Assert.Throws<ArgumentException>(() => RoomHistory.Restore(Orders, "e1", 4, events, new(), Now));
        Assert.False(RoomHistory.Restore(Orders, "e1", 3, [], new(), Now).Resume(new("e1", 2), Now).Recovered);
    }

    [Theory]
    [InlineData("e1:7", "e1", 7)]
    [InlineData("e1:", null, 0)]
    [InlineData(":7", null, 0)]
    [InlineData("e1:-1", null, 0)]
    [InlineData("e1:99999999999999999999", null, 0)]
    [InlineData("e1", null, 0)]
    public void A_position_is_an_epoch_and_an_offset(string text, string? epoch, long offset) =>
        Assert.Equal(epoch is null ? null : new RoomPosition(epoch, offset), RoomPosition.Parse(text));
}
