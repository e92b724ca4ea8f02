using Mainstay.Edge.Counting;
using Mainstay.Edge.Forwarding;
using Mainstay.Testing;

namespace Mainstay.Edge.Tests.Counting;

public sealed class ExchangeTests
{
    private const long Stale = 10;

    [Fact]
    public void The_whole_table_reads_as_agreed()
    {
        var rows =
            from attempt in Enum.GetValues<Attempt>()
            from way in Ways(attempt)
            from repeats in attempt is Attempt.Died ? [false, true] : new[] { false }
            from late in attempt is Attempt.Died ? [false, true] : new[] { false }
            from closed in new[] { false, true }
            let counted = Count(attempt, way, repeats, late, closed)
            select $"{attempt,-15} {way,-18}{(repeats ? " repeats" : "")}{(late ? " late" : "")}{(closed ? " closed" : "")} -> {counted}";
        Golden.Match(string.Join('\n', rows) + "\n", "exchange.txt");
    }

    private static string[] Ways(Attempt attempt) => attempt switch
    {
        Attempt.Done => ["200", "404", "500", "200 cut"],
        Attempt.Refused or Attempt.ConnectTimedOut => ["not sent"],
        Attempt.Died => ["sent", "sent on a used one"],
        Attempt.Broken or Attempt.TimedOut => ["sent"],
        Attempt.ClientFailed => ["not sent", "sent", "200", "500"],
    };

    private static string Count(Attempt attempt, string way, bool repeats, bool late, bool closed)
    {
        var exchange = default(Exchange);
        if (way != "not sent")
        {
            exchange.Sending(1000, reused: way == "sent on a used one");
        }

        if (int.TryParse(way.Split(' ')[0], out var status))
        {
            exchange.HeadCame(status, 1005);
        }

        if (way.EndsWith("cut", StringComparison.Ordinal))
        {
            exchange.Cut();
        }

        var counters = new InstanceCounters("api", "api-1", new(1000));
        exchange.Count(attempt, counters, repeats, closed, late ? 1000 + Stale : 1000 + Stale - 1, Stale);
        var read = counters.Read();
        return read.Requests == 0 ? "nothing" : $"request{(read.Failures > 0 ? ", failure" : "")}{(read.Latency.Length > 0 ? ", latency" : "")}";
    }
}
