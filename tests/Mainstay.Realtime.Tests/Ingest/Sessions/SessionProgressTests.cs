using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Protocol;
using Mainstay.Realtime.Ingest.Sessions;

namespace Mainstay.Realtime.Tests.Ingest.Sessions;

public sealed class SessionProgressTests
{
    private readonly List<IngestEvent> _told = [];

    private SessionProgress Attached(out long next, long claimed = 1)
    {
        var session = new SessionProgress(SessionId.New(), "t", "i", claimed);
        (next, _) = session.Attach(_told.Add, claimed);
        return session;
    }

    [Fact]
    public void Answers_in_any_order_move_the_end_only_as_far_as_there_is_no_gap()
    {
        var session = Attached(out _);
        for (var seq = 1; seq <= 4; seq++)
        {
            session.Came(seq);
        }

        session.Complete(3, StoredAt.Broker);
        Assert.Empty(_told);
        session.Complete(1, StoredAt.Spool);
        session.Complete(2, StoredAt.Broker);
        session.Complete(4, StoredAt.Broker);

        Assert.Equal([new IngestEvent.StoredUpTo(1, 1), new IngestEvent.StoredUpTo(3, 1), new IngestEvent.StoredUpTo(4, 1)], _told);
    }

    [Fact]
    public void A_client_that_comes_back_goes_on_behind_what_came_and_the_one_before_is_replaced()
    {
        var session = Attached(out _);
        session.Came(5);
        var second = new List<IngestEvent>();

        Assert.Equal((6, 0), session.Attach(second.Add, claimed: 4));
        Assert.Equal([new IngestEvent.Replaced()], _told);
        for (var seq = 1; seq <= 5; seq++)
        {
            session.Complete(seq, StoredAt.Broker);
        }

        Assert.Equal(5, second.OfType<IngestEvent.StoredUpTo>().Max(s => s.Seq));
        Assert.Single(_told);
    }

    [Fact]
    public void A_client_that_leaves_frames_out_is_acknowledged_beyond_them_once_those_before_are_stored()
    {
        var session = Attached(out _);
        session.Came(2);
        var second = new List<IngestEvent>();

        Assert.Equal((10, 7), session.Attach(second.Add, claimed: 10));
        session.Came(10);
        session.Complete(10, StoredAt.Broker);
        Assert.Empty(second);
        session.Complete(1, StoredAt.Broker);
        session.Complete(2, StoredAt.Broker);

        Assert.Equal(10, second.OfType<IngestEvent.StoredUpTo>().Max(s => s.Seq));
    }

    [Fact]
    public void A_lost_frame_is_told_of_and_holds_up_nobody_behind_it()
    {
        var session = Attached(out _);
        session.Came(2);
        session.Complete(2, StoredAt.Broker);
        session.Lost(1, "too large");

        Assert.Equal([new IngestEvent.FrameLost(1, "too large"), new IngestEvent.StoredUpTo(2, 0)], _told);
    }

    [Fact]
    public void An_unknown_session_begins_where_the_client_says()
    {
        Attached(out var next, claimed: 131);

        Assert.Equal(131, next);
    }
}
