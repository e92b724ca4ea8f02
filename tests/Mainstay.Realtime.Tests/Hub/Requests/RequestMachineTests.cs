using System.Globalization;
using System.Text;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Testing;
using static Mainstay.Realtime.Tests.Hub.Requests.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

public class RequestMachineTests
{
    private static IEnumerable<(string Name, RequestRecord State)> States()
    {
        foreach (var phase in Enum.GetValues<RequestPhase>())
        {
            if (phase is RequestPhase.Queued)
            {
                yield return ("Queued, never sent", In(phase, tries: 0));
                yield return ("Queued, busy until 1 s ago", In(phase) with { NotBefore = Now.AddSeconds(-1), Due = Now.AddSeconds(-1) });
            }
            else if (phase is RequestPhase.Unsure or RequestPhase.Unknown)
            {
                yield return ($"{phase}, not accepted", In(phase));
                yield return ($"{phase}, accepted before", In(phase, accepted: true));
            }
            else
            {
                yield return ($"{phase}", In(phase));
            }

            if (!phase.HasEnded() && phase is not RequestPhase.Queued)
            {
                yield return ($"{phase}, cancel wished", In(phase, cancel: true));
            }
        }
    }

    private static IEnumerable<(string Name, RequestEvent Event, RequestRecord State)> Events(RequestRecord state)
    {
        foreach (var kind in Enum.GetValues<RequestEventKind>())
        {
            if (kind is RequestEventKind.TimerFired)
            {
                yield return ("TimerFired early", new(kind), state);
                yield return ("TimerFired at Due", new(kind), state with { Due = state.Due < Now ? state.Due : Now });
                yield return ("TimerFired at the end", new(kind), state with { Due = Now, EndsBy = Now, ExpiresAt = Now });
                continue;
            }

            yield return ($"{kind}", Event(kind, state.Try), state);
            if (kind is RequestEventKind.NotSent or RequestEventKind.Busy or RequestEventKind.StatusNone or RequestEventKind.StatusNotKnown)
            {
                yield return ($"{kind} (earlier try)", Event(kind, state.Try - 1), state);
                yield return ($"{kind}, TTL over", Event(kind, state.Try), state with { ExpiresAt = Now });
            }

            if (kind is RequestEventKind.TurnCame)
            {
                yield return ($"{kind}, TTL over", Event(kind, 0), state with { ExpiresAt = Now });
            }
        }
    }

    private static RequestEvent Event(RequestEventKind kind, int tries) => new(
        kind,
        tries,
        kind is RequestEventKind.Succeeded ? Printed : kind is RequestEventKind.Failed or RequestEventKind.CanceledByDevice ? NoPaper : null,
        TimeSpan.FromSeconds(2));

    [Fact]
    public void The_whole_table_reads_as_agreed()
    {
        var table = new StringBuilder();
        foreach (var (name, state) in States())
        {
            table.Append(CultureInfo.InvariantCulture, $"\n{name}\n");
            foreach (var (what, e, before) in Events(state))
            {
                var t = RequestMachine.Next(before, e, Policy, Now);
                var same = t.Next == before && t.Effects.IsEmpty;
                table.Append(CultureInfo.InvariantCulture, $"  {what,-28} {(same ? "-" : $"-> {t.Next.Phase,-8} try={t.Next.Try}{(t.Next.CancelWished ? " cancel" : "")}{(t.Next.AcceptedAt is null ? "" : " has")} due={After(t.Next.Due)} ends={After(t.Next.EndsBy)} [{string.Join(", ", t.Effects)}] {t.Next.Because}")}\n");
            }
        }

        Golden.Match(table.ToString(), "request-machine.txt");
    }

    private static string After(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{(at - Now).TotalSeconds:+0.###;-0.###;0}s");

    [Fact]
    public void Nothing_is_sent_again_unless_the_device_or_the_hub_said_that_it_was_not_had()
    {
        foreach (var (_, state) in States().Where(s => s.State.Phase.HoldsTarget()))
        {
            foreach (var (name, e, before) in Events(state))
            {
                var next = RequestMachine.Next(before, e, Policy, Now).Next;
                if (next.Phase is RequestPhase.Queued)
                {
                    Assert.True(e.Kind is RequestEventKind.NotSent or RequestEventKind.Busy or RequestEventKind.StatusNone, name);
                    Assert.Null(before.AcceptedAt);
                }
            }
        }
    }

    [Fact]
    public void An_answer_about_an_earlier_try_takes_nothing_back()
    {
        foreach (var (_, state) in States())
        {
            foreach (var kind in (RequestEventKind[])[RequestEventKind.NotSent, RequestEventKind.Busy, RequestEventKind.StatusNone, RequestEventKind.StatusNotKnown])
            {
                Assert.Equal(state, RequestMachine.Next(state, Event(kind, state.Try - 1), Policy, Now).Next);
            }
        }
    }

    [Fact]
    public void What_the_device_did_is_done_from_every_phase_that_a_send_can_lead_to()
    {
        foreach (var (name, state) in States().Where(s => s.State.Try > 0 && (!s.State.Phase.HasEnded() || s.State.Phase is RequestPhase.Unknown)))
        {
            var t = RequestMachine.Next(state, Event(RequestEventKind.Succeeded, 1), Policy, Now);
            Assert.True(t.Next.Phase is RequestPhase.Done, name);
            Assert.Equal(Now + Policy.KeyKept, t.Next.Due);
        }
    }

    [Fact]
    public void A_device_that_says_accepted_for_ever_does_not_keep_a_request_alive()
    {
        var (state, now) = (RequestMachine.Next(In(RequestPhase.Sent), Event(RequestEventKind.Acked, 2), Policy, Now).Next, Now);
        while (!state.Phase.HasEnded())
        {
            now = state.Due > now ? state.Due : now;
            state = RequestMachine.Next(state, new(RequestEventKind.TimerFired), Policy, now).Next;
            state = state.Phase is RequestPhase.Unsure ? RequestMachine.Next(state, Event(RequestEventKind.Acked, 2), Policy, now).Next : state;
            Assert.True(now <= Now + state.Spec.Timeout + Policy.GiveUpAfter);
        }

        Assert.Equal(RequestPhase.Unknown, state.Phase);
    }

    [Fact]
    public void The_payload_is_given_up_at_the_end_and_the_hash_is_kept()
    {
        var done = RequestMachine.Next(In(RequestPhase.Accepted), Event(RequestEventKind.Succeeded, 2), Policy, Now).Next;
        Assert.True(done.Spec.Data.IsEmpty);
        Assert.Equal(In(RequestPhase.Accepted).Hash, done.Hash);
    }
}
