using System.Text;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

/// <summary>Requests as tests like them.</summary>
internal static class Requests
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly RequestPolicy Policy = new();
    public static readonly DeviceAddress Till = new(new Branch("north"), "till-1");

    public static RequestSpec Asked(string key = "order-1", string part = "receipts", string data = """{"text":"soup"}""", int ttl = 300, string op = "print") =>
        new(new(Till, part), op, Encoding.UTF8.GetBytes(data), key, TimeSpan.FromSeconds(ttl), TimeSpan.FromSeconds(60), "corr-1", null);

    public static RequestOutcome Printed => new(Encoding.UTF8.GetBytes("{}"), null, null);

    public static RequestOutcome NoPaper => new(default, "no_paper", "there is no paper");

    /// <summary>Asked 30 s ago, sent 5 s ago.</summary>
    public static RequestRecord In(RequestPhase phase, bool cancel = false, bool accepted = false, int tries = 2) => new(
        new("r1"),
        Asked(),
        PayloadHash.Of(Asked().Target, Asked().Op, Asked().Data),
        1,
        Now.AddSeconds(-30),
        Now.AddSeconds(270),
        phase,
        tries,
        cancel,
        accepted || phase is RequestPhase.Accepted ? Now.AddSeconds(-4) : null,
        null,
        phase is RequestPhase.Queued ? Now.AddSeconds(270) : Now.AddSeconds(3),
        phase.HasEnded() ? Now.AddSeconds(-1) : Now.AddSeconds(300),
        phase is RequestPhase.Done ? Printed : phase is RequestPhase.Failed ? NoPaper : null,
        "so far");
}
