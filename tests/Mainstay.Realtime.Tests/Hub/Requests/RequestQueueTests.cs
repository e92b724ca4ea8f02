using Mainstay.Realtime.Hub.Requests;
using static Mainstay.Realtime.Tests.Hub.Requests.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

public class RequestQueueTests
{
    private readonly RequestQueue _queue = new(Till, Policy);
    private int _ids;

    private AskAnswer Ask(RequestSpec spec, DateTimeOffset? now = null) => _queue.Ask(new($"r{++_ids}"), spec, now ?? Now);

    private QueueDecision Hear(string id, RequestEventKind kind, int tries = 1, DateTimeOffset? now = null) =>
        _queue.Heard(new(id), new(kind, tries, kind is RequestEventKind.Succeeded ? Printed : null), now ?? Now);

    private static string[] Sent(QueueDecision decision) => [.. decision.Effects.Where(e => e.Kind is RequestEffectKind.Send).Select(e => $"{e.Request.Id}.{e.Request.Try}")];

    [Fact]
    public void A_send_is_in_the_same_decision_as_the_record_that_says_so()
    {
        _queue.Connected(1, Now);
        var taken = Ask(Asked());

        Assert.Equal(AskVerdict.Taken, taken.Verdict);
        Assert.Equal(["r1.1"], Sent(taken.Decision));
        Assert.Equal(RequestPhase.Sent, Assert.Single(taken.Decision.Saves).Phase);
    }

    [Fact]
    public void One_target_does_one_at_a_time_in_order_and_targets_do_not_wait_for_each_other()
    {
        Ask(Asked("a"));
        Ask(Asked("b"));
        Ask(Asked("c", part: "labels"));

        Assert.Equal(["r1.1", "r3.1"], Sent(_queue.Connected(1, Now)));
        Assert.Empty(Sent(Hear("r1", RequestEventKind.Acked)));
        Assert.Equal(["r2.1"], Sent(Hear("r1", RequestEventKind.Succeeded)));
    }

    [Fact]
    public void A_busy_device_is_left_alone_and_nothing_overtakes()
    {
        _queue.Connected(1, Now);
        Ask(Asked("a"));
        Ask(Asked("b"));

        Assert.Empty(Sent(_queue.Heard(new("r1"), new(RequestEventKind.Busy, 1, RetryAfter: TimeSpan.FromSeconds(3)), Now)));
        Assert.Empty(Sent(_queue.Woke(Now.AddSeconds(2.9))));
        Assert.Equal(Now.AddSeconds(3), _queue.NextDue);
        Assert.Equal(["r1.2"], Sent(_queue.Woke(Now.AddSeconds(3))));
    }

    [Fact]
    public void A_busy_device_that_asks_for_more_than_the_ttl_is_not_sent_to_again()
    {
        _queue.Connected(1, Now);
        Ask(Asked("a", ttl: 5));

        Assert.Empty(Sent(_queue.Heard(new("r1"), new(RequestEventKind.Busy, 1, RetryAfter: TimeSpan.FromHours(1)), Now)));
        Assert.Empty(Sent(_queue.Woke(Now.AddSeconds(5))));
        Assert.Equal(RequestPhase.Expired, _queue.Find(new("r1"))!.Phase);
    }

    [Fact]
    public void Fifty_that_ask_with_one_key_wait_for_one_request()
    {
        _queue.Connected(1, Now);
        var answers = Enumerable.Range(0, 50).Select(_ => Ask(Asked())).ToArray();

        Assert.Single(answers, a => a.Verdict is AskVerdict.Taken);
        Assert.All(answers.Skip(1), a => Assert.Equal((AskVerdict.Known, new RequestId("r1")), (a.Verdict, a.Request!.Id)));
        Assert.Single(answers.SelectMany(a => Sent(a.Decision)));
    }

    [Fact]
    public void A_key_with_another_payload_is_a_conflict_before_and_after_the_end()
    {
        _queue.Connected(1, Now);
        Ask(Asked());
        Assert.Equal(AskVerdict.KeyConflict, Ask(Asked(data: "{}")).Verdict);
        Assert.Equal(AskVerdict.KeyConflict, Ask(Asked(part: "labels")).Verdict);
        Hear("r1", RequestEventKind.Succeeded);
        Assert.Equal(AskVerdict.KeyConflict, Ask(Asked(op: "open")).Verdict);
    }

    [Fact]
    public void An_outcome_answers_for_its_key_until_its_time_is_over()
    {
        _queue.Connected(1, Now);
        Ask(Asked());
        Hear("r1", RequestEventKind.Succeeded);

        var again = Ask(Asked(), Now + Policy.KeyKept - TimeSpan.FromTicks(1));
        Assert.Equal((AskVerdict.Known, RequestPhase.Done), (again.Verdict, again.Request!.Phase));

        // Also when no timer has fired.
        var later = Ask(Asked(), Now + Policy.KeyKept);
        Assert.Equal(AskVerdict.Taken, later.Verdict);
        Assert.Equal([new RequestId("r1")], later.Decision.Forgets);
    }

    [Fact]
    public void What_is_full_refuses_and_gives_no_kept_key_up()
    {
        var queue = new RequestQueue(Till, Policy with { MaxLive = 2, MaxKept = 3 });
        queue.Connected(1, Now);
        AskVerdict Verdict(string key) => queue.Ask(new(key), Asked(key), Now).Verdict;

        Assert.Equal([AskVerdict.Taken, AskVerdict.Taken, AskVerdict.QueueFull], ((string[])["a", "b", "c"]).Select(Verdict));
        queue.Heard(new("a"), new(RequestEventKind.Succeeded, 1, Printed), Now);
        Assert.Equal([AskVerdict.Taken, AskVerdict.Known, AskVerdict.QueueFull], ((string[])["c", "a", "d"]).Select(Verdict));
        queue.Heard(new("b"), new(RequestEventKind.Succeeded, 1, Printed), Now);
        Assert.Equal(AskVerdict.QueueFull, Verdict("d"));
        queue.Woke(Now + Policy.KeyKept);
        Assert.Equal(AskVerdict.Taken, queue.Ask(new("d"), Asked("d"), Now + Policy.KeyKept).Verdict);
    }

    [Fact]
    public void Bytes_are_bounded_and_given_back_at_the_end()
    {
        var queue = new RequestQueue(Till, Policy with { MaxBytes = 2000 });
        queue.Connected(1, Now);
        var big = $"\"{new string('x', 1000)}\"";

        Assert.Equal(AskVerdict.Taken, queue.Ask(new("a"), Asked("a", data: big), Now).Verdict);
        Assert.Equal(AskVerdict.QueueFull, queue.Ask(new("b"), Asked("b"), Now).Verdict);
        queue.Heard(new("a"), new(RequestEventKind.Succeeded, 1, Printed), Now);
        Assert.Equal(AskVerdict.Taken, queue.Ask(new("b"), Asked("b"), Now).Verdict);
    }

    [Fact]
    public void Without_a_ttl_nobody_waits_for_a_device_that_is_away()
    {
        Assert.Equal(AskVerdict.DeviceOffline, Ask(Asked(ttl: 0)).Verdict);
        _queue.Connected(1, Now);
        Assert.Equal(["r2.1"], Sent(Ask(Asked(ttl: 0)).Decision));
    }

    [Fact]
    public void After_a_broken_connection_the_device_is_asked_before_anything_is_sent_again()
    {
        _queue.Connected(1, Now);
        Ask(Asked());
        Assert.Equal(RequestPhase.Unsure, Assert.Single(_queue.Disconnected(1, Now).Saves).Phase);

        var back = _queue.Connected(2, Now);
        Assert.Empty(Sent(back));
        Assert.Contains(back.Effects, e => e.Kind is RequestEffectKind.AskStatus);
        Assert.Equal(["r1.2"], Sent(Hear("r1", RequestEventKind.StatusNone)));
    }

    [Fact]
    public void The_end_of_a_replaced_connection_means_nothing()
    {
        _queue.Connected(1, Now);
        _queue.Connected(2, Now);
        Ask(Asked());

        Assert.Same(QueueDecision.Nothing, _queue.Disconnected(1, Now));
        Assert.Same(QueueDecision.Nothing, _queue.Connected(1, Now));
        Assert.True(_queue.IsConnected);
    }

    [Theory]
    [InlineData(nameof(RequestPhase.Queued), nameof(RequestPhase.Queued))]
    [InlineData(nameof(RequestPhase.Sent), nameof(RequestPhase.Unsure))]
    [InlineData(nameof(RequestPhase.Accepted), nameof(RequestPhase.Unsure))]
    [InlineData(nameof(RequestPhase.Unsure), nameof(RequestPhase.Unsure))]
    [InlineData(nameof(RequestPhase.Done), nameof(RequestPhase.Done))]
    [InlineData(nameof(RequestPhase.Unknown), nameof(RequestPhase.Unknown))]
    public void A_new_hub_sends_nothing_that_the_last_one_may_have_sent(string leftIn, string foundIn)
    {
        var (left, found) = (Enum.Parse<RequestPhase>(leftIn), Enum.Parse<RequestPhase>(foundIn));
        var record = In(left, tries: left is RequestPhase.Queued ? 0 : 1) with { Due = Now.AddSeconds(60) };
        var (queue, _) = RequestQueue.Restore(Till, [record], Policy, Now);

        Assert.Equal(found, queue.Find(record.Id)!.Phase);
        Assert.Equal(left is RequestPhase.Queued, Sent(queue.Connected(1, Now)).Length == 1);
        Assert.Equal(AskVerdict.Known, queue.Ask(new("r2"), Asked(), Now).Verdict);
    }

    [Fact]
    public void An_outcome_that_was_given_up_is_learned_when_the_device_comes_back()
    {
        _queue.Connected(1, Now);
        Ask(Asked());
        Hear("r1", RequestEventKind.Acked);
        _queue.Disconnected(1, Now);
        var later = Now.AddHours(1);
        _queue.Woke(later);
        Assert.Equal(RequestPhase.Unknown, _queue.Find(new("r1"))!.Phase);

        Assert.Contains(_queue.Connected(2, later).Effects, e => e.Kind is RequestEffectKind.AskStatus);
        Hear("r1", RequestEventKind.Succeeded, now: later);
        Assert.Equal(RequestPhase.Done, _queue.Find(new("r1"))!.Phase);
    }

    [Fact]
    public void A_cancel_is_certain_before_the_send_and_a_wish_after_it()
    {
        Ask(Asked("a"));
        Hear("r1", RequestEventKind.CancelAsked);
        Assert.Equal(RequestPhase.Canceled, _queue.Find(new("r1"))!.Phase);

        _queue.Connected(1, Now);
        Ask(Asked("b"));
        Assert.Equal([RequestEffectKind.SendCancel], Hear("r2", RequestEventKind.CancelAsked).Effects.Select(e => e.Kind));
        Assert.Equal(RequestPhase.Sent, _queue.Find(new("r2"))!.Phase);
        Hear("r2", RequestEventKind.CanceledByDevice);
        Assert.Equal(RequestPhase.Canceled, _queue.Find(new("r2"))!.Phase);
    }
}
