using System.Globalization;
using System.Text;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Ingest.Calls;

public sealed class CallMachineTests
{
    private static readonly CallPolicy s_policy = new() { IdleAfter = TimeSpan.FromSeconds(10) };
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(100);

    private static readonly (string What, CallEvent Happened, TimeSpan Later)[] s_events =
    [
        ("start", new CallEvent.Began(), default),
        ("not allowed", new CallEvent.NotAllowed("foreign_tenant"), default),
        ("media", new CallEvent.MediaCame(), default),
        ("dtmf", new CallEvent.Signalled("dtmf", "5"), default),
        ("mark", new CallEvent.Signalled("mark", "m1"), default),
        ("hole", new CallEvent.HoleCame(7, 9), default),
        ("stored", new CallEvent.FrameSettled(false), default),
        ("lost", new CallEvent.FrameSettled(true), default),
        ("stop", new CallEvent.StopCame("callended"), default),
        ("the process ends", new CallEvent.EndAsked(), default),
        ("peer left", new CallEvent.PeerLeft(), default),
        ("4 s later", CallEvent.Ticked.Now, TimeSpan.FromSeconds(4)),
        ("5 s later", CallEvent.Ticked.Now, TimeSpan.FromSeconds(5)),
        ("10 s later", CallEvent.Ticked.Now, TimeSpan.FromSeconds(10)),
    ];

    private static readonly (string Name, CallState State)[] s_states =
    [
        ("opening", CallState.Opened(s_now)),
        ("streaming, nothing has come", new(CallPhase.Streaming, s_now, s_now)),
        ("streaming, 12 came, 11 settled", new(CallPhase.Streaming, s_now, s_now, 12, 11)),
        ("stopping, 12 came, 11 settled", new(CallPhase.Stopping, s_now, s_now, 12, 11, 0, "stopped")),
        ("closed", new(CallPhase.Closed, s_now, s_now, 12, 12)),
    ];

    [Fact]
    public void The_whole_table()
    {
        var table = new StringBuilder();
        foreach (var (name, state) in s_states)
        {
            table.Append(CultureInfo.InvariantCulture, $"# {name}\n");
            foreach (var (what, happened, later) in s_events)
            {
                var (next, effects) = CallMachine.Next(state, happened, s_policy, s_now + later);
                table.Append(CultureInfo.InvariantCulture, $"{what} -> {(next.Phase == state.Phase ? "." : next.Phase.ToString())}{string.Concat(effects.Select(e => "; " + Show(e)))}\n");
            }

            table.Append('\n');
        }

        Golden.Match(table.ToString(), "ingest-call.txt");
    }

    [Fact]
    public void Whatever_time_alone_changes_is_said_to_be_due()
    {
        foreach (var (_, state) in s_states)
        {
            foreach (var later in new[] { 0, 1, 5, 9, 10, 60 })
            {
                var now = s_now + TimeSpan.FromSeconds(later);
                var (next, effects) = CallMachine.Next(state, CallEvent.Ticked.Now, s_policy, now);
                Assert.True(CallMachine.IsDue(state, s_policy, now) || (next == state && effects.IsEmpty));
            }
        }
    }

    [Fact]
    public void Without_a_bound_silence_never_ends_a_call()
    {
        var state = new CallState(CallPhase.Streaming, s_now, s_now);

        Assert.Equal(state, CallMachine.Next(state, CallEvent.Ticked.Now, new(), s_now + TimeSpan.FromHours(3)).State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_frame_gets_the_next_number_and_a_call_that_began_ends_with_one_word(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 1000; run++)
        {
            var (state, now, effects) = (CallState.Opened(s_now), s_now, new List<CallEffect>());
            for (var step = 0; step < 200 && state.Phase is not CallPhase.Closed; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(200));
                var happened = random.Next(10) switch
                {
                    < 5 when state.Phase is not CallPhase.Opening => new CallEvent.MediaCame(),
                    < 8 when state.Settled < state.Received => new CallEvent.FrameSettled(random.Next(4) == 0),
                    9 => s_events[random.Next(s_events.Length)] is { Happened: not CallEvent.FrameSettled } e ? e.Happened : CallEvent.Ticked.Now,
                    _ => state.Phase is CallPhase.Opening ? new CallEvent.Began() : CallEvent.Ticked.Now,
                };
                (state, var more) = CallMachine.Next(state, happened, s_policy, now);
                effects.AddRange(more);
                Assert.True(state.Lost <= state.Settled && state.Settled <= state.Received);
            }

            var stored = effects.OfType<CallEffect.Store>().Select(s => s.Seq).ToList();
            Assert.Equal(Enumerable.Range(1, stored.Count).Select(n => (long)n), stored);
            var words = effects.OfType<CallEffect.Tell>().Select(t => t.Event).Where(w => w is "started" or "stopped" or "cut").ToList();
            Assert.True(words is [] or ["started"] or ["started", "stopped" or "cut"], string.Join(' ', words));
            Assert.True(state.Phase is not CallPhase.Closed || words.Count != 1);
            Assert.True(effects.OfType<CallEffect.Close>().Count() <= 1);
        }
    }

    private static string Show(CallEffect effect) => effect switch
    {
        CallEffect.Store(var seq) => string.Create(CultureInfo.InvariantCulture, $"store {seq}"),
        CallEffect.Tell(var name, var value) => $"record {name} {value}".TrimEnd(),
        CallEffect.TellHole(var from, var to, var after) => string.Create(CultureInfo.InvariantCulture, $"record gap {from}-{to} after {after}"),
        CallEffect.Close(var status, var reason) => string.Create(CultureInfo.InvariantCulture, $"close {status} {reason}"),
        _ => effect.ToString(),
    };
}
