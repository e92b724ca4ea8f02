using System.Collections.Immutable;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>A judge that finds nothing acquits everyone: each way to break a promise must be found, and by its name.</summary>
public sealed class ChaosJudgeTests
{
    private static readonly AnswerSeen s_done = new(200, "r-1", "done", """{"printed":"order-1"}""");

    private static readonly ChaosHistory s_good = new(
        [new("call-1", "s-1", 5, 5)],
        [.. Enumerable.Range(1, 5).Select(n => Frame(n))],
        [],
        [new("device:till", "order-1", "a", [new(0, "", "cut off", ""), new(202, "r-1", "queued", ""), s_done]), new("device:till", "order-2", "b", [new(200, "r-2", "done", """{"printed":"order-2"}""")])],
        [new("device:till", "order-1", "a"), new("device:till", "order-2", "b")],
        new([new("news-1", "e", 1), new("news-2", "e", 2)], [new("news-1", "e", 1), new("news-2", "e", 2)]),
        []);

    public static TheoryData<string, string> Broken => new()
    {
        { "an acknowledged frame is lost", "call-1: acknowledged up to 5, but not in the stream: 3" },
        { "an acknowledged frame is told as lost", "call-1: acknowledged up to 5, but not in the stream: 3" },
        { "the last acknowledged frames are lost", "call-1: acknowledged up to 5, but not in the stream: 4-5" },
        { "a call is lost", "call-1: acknowledged up to 5, but not in the stream: 1-5" },
        { "a frame that was not acknowledged is lost silently", "call-1: neither in the stream nor told as lost: 5" },
        { "two frames are swapped", "call-1: frame 2 comes behind frame 3" },
        { "a frame has other bytes", "call-1: frame 2 has other bytes" },
        { "a session is not the caller's", "call-1: frames of session s-2" },
        { "a frame was never sent", "call-1: in the stream, but never sent: 6" },
        { "a frame that is there is told as lost", "call-1: told as lost, but in the stream: 2" },
        { "nobody called by that name", "call-9: in the stream, but nobody called" },
        { "a request is done twice", "device:till order-1: done 2 times" },
        { "a request is never done", "device:till order-1: taken and never done" },
        { "a request has no end", "device:till order-1: did not end as done" },
        { "a request is done by the wrong target", "device:other order-1: done, and nobody asked for it" },
        { "a key has two requests", "device:till order-1: one key, several requests" },
        { "a result is another's", "device:till order-1: told of other results" },
        { "what was done is taken back", "device:till order-1: was done, and then was not" },
        { "nobody knows what became of it", "device:till order-1: answered 504 unknown" },
        { "the data is another's", "device:till order-1: done with other data" },
        { "the order is another", "device:till: order-1 was done behind order-2" },
        { "an event is missed", "room: the subscriber heard offset 2 where 1 was due" },
        { "an event comes twice", "room: news-1 was published under one key and heard 2 times" },
        { "an event is never heard", "room: news-2 was confirmed with offset 2 and never heard" },
        { "the room begins anew", "room: several epochs" },
    };

    [Fact]
    public void A_good_history_is_acquitted() => Assert.Empty(ChaosJudge.Findings(s_good));

    [Fact]
    public void Frames_that_were_sent_again_are_no_fault() =>
        Assert.Empty(ChaosJudge.Findings(s_good with { Stream = [Frame(1), Frame(2), Frame(3), Frame(2), Frame(3), Frame(4), Frame(5), Frame(1)] }));

    [Fact]
    public void An_answer_that_was_on_its_way_while_another_one_arrived_is_no_fault() =>
        Assert.Empty(ChaosJudge.Findings(Answered([s_done, new(202, "r-1", "queued", ""), s_done with { Round = 1 }])));

    [Theory]
    [MemberData(nameof(Broken))]
    public void Each_broken_promise_is_found(string what, string finding) =>
        Assert.Contains(ChaosJudge.Findings(With(what)), f => f.StartsWith(finding, StringComparison.Ordinal));

    private static ChaosHistory With(string what) => what switch
    {
        "an acknowledged frame is lost" => s_good with { Stream = s_good.Stream.RemoveAt(2) },
        "an acknowledged frame is told as lost" => s_good with { Stream = s_good.Stream.RemoveAt(2), Gaps = [new("call-1", 3, 3)] },
        "the last acknowledged frames are lost" => s_good with { Stream = s_good.Stream[..3] },
        "a call is lost" => s_good with { Stream = [] },
        "a frame that was not acknowledged is lost silently" => s_good with { Calls = [new("call-1", "s-1", 5, 4)], Stream = s_good.Stream[..4] },
        "two frames are swapped" => s_good with { Stream = [Frame(1), Frame(3), Frame(2), Frame(4), Frame(5)] },
        "a frame has other bytes" => s_good with { Stream = s_good.Stream.SetItem(1, Frame(2) with { IsAsSent = false }) },
        "a session is not the caller's" => s_good with { Stream = s_good.Stream.Add(Frame(3) with { Session = "s-2" }) },
        "a frame was never sent" => s_good with { Stream = s_good.Stream.Add(Frame(6)) },
        "a frame that is there is told as lost" => s_good with { Gaps = [new("call-1", 2, 2)] },
        "nobody called by that name" => s_good with { Stream = s_good.Stream.Add(Frame(1) with { Interaction = "call-9" }) },
        "a request is done twice" => s_good with { Paper = s_good.Paper.Add(s_good.Paper[0]) },
        "a request is never done" => s_good with { Paper = s_good.Paper.RemoveAt(0) },
        "a request has no end" => Answered(s_good.Requests[0].Answers[..2]),
        "a request is done by the wrong target" => s_good with { Paper = s_good.Paper.Add(s_good.Paper[0] with { Target = "device:other" }) },
        "a key has two requests" => Answered(s_good.Requests[0].Answers.Add(s_done with { Request = "r-9" })),
        "a result is another's" => Answered([s_done with { Data = """{"printed":"order-7"}""" }]),
        "what was done is taken back" => Answered([s_done, new(202, "r-1", "queued", "", 1), s_done with { Round = 2 }]),
        "nobody knows what became of it" => Answered([new(504, "r-1", "unknown", ""), s_done]),
        "the data is another's" => s_good with { Paper = s_good.Paper.SetItem(0, s_good.Paper[0] with { Text = "z" }) },
        "the order is another" => s_good with { Paper = [s_good.Paper[1], s_good.Paper[0]] },
        "an event is missed" => Heard([new("news-2", "e", 2)]),
        "an event comes twice" => Heard([new("news-1", "e", 1), new("news-1", "e", 2), new("news-2", "e", 3)]),
        "an event is never heard" => Heard([new("news-1", "e", 1)]),
        "the room begins anew" => Heard([new("news-1", "e", 1), new("news-2", "f", 1)]),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static FrameSeen Frame(long seq) => new("call-1", "s-1", seq, true);

    private static ChaosHistory Answered(ImmutableArray<AnswerSeen> answers) => s_good with { Requests = s_good.Requests.SetItem(0, s_good.Requests[0] with { Answers = answers }) };

    private static ChaosHistory Heard(ImmutableArray<EventSeen> heard) => s_good with { Room = s_good.Room with { Heard = heard } };
}
