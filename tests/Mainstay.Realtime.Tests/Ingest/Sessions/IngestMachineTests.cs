using System.Globalization;
using System.Text;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Ingest.Sessions;

public sealed class IngestMachineTests
{
    private static readonly IngestPolicy s_policy = new();
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(1730);

    /// <summary>Every event in every kind of state, for the eye of a reviewer.</summary>
    [Fact]
    public void The_whole_table()
    {
        var table = new StringBuilder();
        foreach (var (name, state) in States())
        {
            table.Append(CultureInfo.InvariantCulture, $"# {name}\n");
            foreach (var (what, happened, now) in Events())
            {
                var (next, effects) = IngestMachine.Next(state, happened, s_policy, now);
                table.Append(CultureInfo.InvariantCulture, $"{what} -> {(next.Phase == state.Phase ? "." : next.Phase.ToString())}{string.Concat(effects.Select(e => "; " + Show(e)))}\n");
            }

            table.Append('\n');
        }

        Golden.Match(table.ToString(), "ingest-session.txt");
    }

    [Fact]
    public void Whatever_time_alone_changes_is_said_to_be_due()
    {
        foreach (var (_, state) in States())
        {
            foreach (var later in new[] { 0, 100, 250, 2_000, 5_000, 30_000 })
            {
                var now = s_now + TimeSpan.FromMilliseconds(later);
                var (next, effects) = IngestMachine.Next(state, IngestEvent.Ticked.Now, s_policy, now);
                Assert.True(IngestMachine.IsDue(state, s_policy, now) || (next == state && effects.IsEmpty));
                Assert.True(later >= 5_000 || IngestMachine.IsHurried(state) || (next == state && effects.IsEmpty));
            }
        }
    }

    [Fact]
    public void An_ack_comes_with_every_tenth_stored_frame_and_the_tail_within_a_quarter_of_a_second()
    {
        var session = new Walk();
        session.Do(new IngestEvent.Started(1, 48_000, false));
        for (var i = 0; i < 25; i++)
        {
            session.Do(new IngestEvent.FrameCame(9_600));
        }

        for (var i = 1; i <= 25; i++)
        {
            session.Do(new IngestEvent.StoredUpTo(i, 0));
        }

        Assert.Equal([10, 20], session.Acks);
        session.Pass(TimeSpan.FromMilliseconds(149));
        Assert.Equal([10, 20], session.Acks);
        session.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal([10, 20, 25], session.Acks);
    }

    [Fact]
    public void Reading_pauses_when_more_audio_is_unstored_than_the_window_holds_and_resumes_at_half_of_it()
    {
        var session = new Walk();
        session.Do(new IngestEvent.Started(1, 48_000, false));
        for (var i = 1; i <= 16; i++)
        {
            session.Do(new IngestEvent.FrameCame(9_600));
            Assert.Equal(i == 16, session.State.IsPaused);
        }

        session.Do(new IngestEvent.StoredUpTo(8, 0));
        Assert.True(session.State.IsPaused);
        session.Do(new IngestEvent.StoredUpTo(9, 0));
        Assert.False(session.State.IsPaused);
    }

    [Fact]
    public void An_ack_says_spool_as_long_as_one_of_its_frames_is_only_there()
    {
        var session = new Walk();
        session.Do(new IngestEvent.Started(1, 48_000, false));
        for (var i = 0; i < 30; i++)
        {
            session.Do(new IngestEvent.FrameCame(100));
        }

        session.Do(new IngestEvent.StoredUpTo(10, 0));
        session.Do(new IngestEvent.StoredUpTo(20, 15));
        session.Do(new IngestEvent.StoredUpTo(30, 15));

        Assert.Equal([(10L, StoredAt.Broker), (20L, StoredAt.Spool), (30L, StoredAt.Broker)], session.AckLevels);
    }

    [Theory]
    [InlineData(250.4)]
    [InlineData(264.6)]
    public void The_drain_and_its_close_say_the_same_time(double milliseconds)
    {
        var drained = IngestMachine.Next(IngestState.Opened(s_now), new IngestEvent.DrainAsked(TimeSpan.FromMilliseconds(milliseconds)), s_policy, s_now);

        var said = Assert.IsType<IngestEffect.SayDrain>(drained.Effects[0]).RetryAfter;
        var close = Assert.IsType<IngestEffect.Close>(drained.Effects[^1]);
        Assert.Equal((1012, string.Create(CultureInfo.InvariantCulture, $"retry_ms={(long)said.TotalMilliseconds};resume=1")), (close.Status, close.Reason));
    }

    /// <summary>The promise itself, over random walks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_ack_ever_runs_ahead_of_what_is_stored_and_a_session_that_ends_in_order_has_acknowledged_everything(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var session = new Walk();
            var first = random.Next(1, 100);
            session.Do(new IngestEvent.Started(first, 48_000, false));
            var stored = first - 1L;
            while (session.State.Phase is not IngestPhase.Closed)
            {
                switch (random.Next(12))
                {
                    case < 6:
                        session.Do(new IngestEvent.FrameCame(random.Next(0, 20_000)));
                        break;
                    case < 10 when stored < session.State.Received:
                        stored += random.NextInt64(1, session.State.Received - stored + 1);
                        session.Do(new IngestEvent.StoredUpTo(stored, random.Next(3) == 0 ? stored : 0));
                        break;
                    case 10 when random.Next(20) == 0:
                        session.Do(random.Next(2) == 0 ? new IngestEvent.StopAsked() : new IngestEvent.DrainAsked(s_retry));
                        break;
                    default:
                        session.Pass(TimeSpan.FromMilliseconds(random.Next(100)));
                        break;
                }

                Assert.All(session.Acks, a => Assert.True(a <= stored, $"acknowledged {a} of {stored}"));
                Assert.Equal(session.Acks.Order(), session.Acks);
            }

            Assert.Equal(stored, session.Acks.DefaultIfEmpty(first - 1).Max());
            Assert.Single(session.Effects.OfType<IngestEffect.Close>());
        }
    }

    private static IEnumerable<(string Name, IngestState State)> States()
    {
        var streaming = new IngestState(IngestPhase.Streaming, s_now, BytesPerSecond: 48_000, Received: 0, FrameBytes: 9_600, LastFrame: s_now);
        yield return ("opening", IngestState.Opened(s_now));
        yield return ("streaming, nothing has come", streaming);
        yield return ("streaming, 12 came, 9 stored, none acknowledged", streaming with { Received = 12, Stored = 9, UnackedSince = s_now });
        yield return ("streaming, 15 came, none stored: the window is full with the next", streaming with { Received = 15 });
        yield return ("streaming and paused, 16 came, 8 stored", streaming with { Received = 16, Stored = 8, Acked = 8, IsPaused = true });
        yield return ("streaming, the client wants to hear of receipt, 9 came", streaming with { Received = 9, AcksReceipt = true });
        yield return ("stopping, 12 came, 9 stored and acknowledged in the spool", streaming with { Phase = IngestPhase.Stopping, Received = 12, Stored = 9, Acked = 9, LastSpooled = 9 });
        yield return ("draining, 12 came, 9 stored", streaming with { Phase = IngestPhase.Draining, Received = 12, Stored = 9, Acked = 5, LastSpooled = 6, UnackedSince = s_now, RetryAfter = s_retry });
        yield return ("closed", streaming with { Phase = IngestPhase.Closed });
    }

    private static IEnumerable<(string What, IngestEvent Happened, TimeSpan Now)> Events()
    {
        yield return ("start", new IngestEvent.Started(1, 48_000, false), s_now);
        yield return ("start from 131", new IngestEvent.Started(131, 48_000, false), s_now);
        yield return ("frame", new IngestEvent.FrameCame(9_600), s_now);
        yield return ("stored up to 12", new IngestEvent.StoredUpTo(12, 0), s_now);
        yield return ("stored up to 12, the last in the spool", new IngestEvent.StoredUpTo(12, 12), s_now);
        yield return ("frame 10 lost", new IngestEvent.FrameLost(10, "too large"), s_now);
        yield return ("stop", new IngestEvent.StopAsked(), s_now);
        yield return ("drain", new IngestEvent.DrainAsked(s_retry), s_now);
        yield return ("replaced", new IngestEvent.Replaced(), s_now);
        yield return ("peer left", new IngestEvent.PeerLeft(), s_now);
        yield return ("bad message", new IngestEvent.Broke(1007, "bad_message", "a text message is not JSON"), s_now);
        yield return ("0.1 s later", IngestEvent.Ticked.Now, s_now + TimeSpan.FromMilliseconds(100));
        yield return ("0.25 s later", IngestEvent.Ticked.Now, s_now + TimeSpan.FromMilliseconds(250));
        yield return ("2 s later", IngestEvent.Ticked.Now, s_now + TimeSpan.FromSeconds(2));
        yield return ("5 s later", IngestEvent.Ticked.Now, s_now + TimeSpan.FromSeconds(5));
        yield return ("30 s later", IngestEvent.Ticked.Now, s_now + TimeSpan.FromSeconds(30));
    }

    private static string Show(IngestEffect effect) => effect switch
    {
        IngestEffect.Ack(var seq, var at) => string.Create(CultureInfo.InvariantCulture, $"ack {seq} {at?.ToString().ToLowerInvariant() ?? "received"}"),
        IngestEffect.Store(var seq) => string.Create(CultureInfo.InvariantCulture, $"store {seq}"),
        IngestEffect.SayStarted(var next) => string.Create(CultureInfo.InvariantCulture, $"say started, next {next}"),
        IngestEffect.SayLost(var seq, var reason) => string.Create(CultureInfo.InvariantCulture, $"say {seq} lost ({reason})"),
        IngestEffect.SayStopped(var frames, var lost) => string.Create(CultureInfo.InvariantCulture, $"say stopped, {frames} frames, {lost} lost"),
        IngestEffect.SayDrain(var retry) => string.Create(CultureInfo.InvariantCulture, $"say drain, {retry.TotalMilliseconds} ms"),
        IngestEffect.SayError(var code, _) => $"say error {code}",
        IngestEffect.PauseReading => "pause",
        IngestEffect.ResumeReading => "resume",
        IngestEffect.Tell(var name) => $"record {name}",
        IngestEffect.Close(var status, var reason) => string.Create(CultureInfo.InvariantCulture, $"close {status} {reason}"),
        _ => effect.ToString(),
    };

    private sealed class Walk
    {
        private TimeSpan _now = s_now;

        public IngestState State { get; private set; } = IngestState.Opened(s_now);

        public List<IngestEffect> Effects { get; } = [];

        public IEnumerable<long> Acks => Effects.OfType<IngestEffect.Ack>().Select(a => a.Seq);

        public IEnumerable<(long, StoredAt)> AckLevels => Effects.OfType<IngestEffect.Ack>().Select(a => (a.Seq, a.At!.Value));

        public void Do(IngestEvent e)
        {
            (State, var effects) = IngestMachine.Next(State, e, s_policy, _now);
            Effects.AddRange(effects);
        }

        public void Pass(TimeSpan time)
        {
            _now += time;
            Do(IngestEvent.Ticked.Now);
        }
    }
}
