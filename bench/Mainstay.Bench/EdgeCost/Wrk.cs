using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.EdgeCost;

/// <summary>One run of wrk.</summary>
internal sealed partial record Wrk(long Requests, double PerSecond, double P99Ms, long Bad)
{
    public static async Task<Wrk> RunAsync(string url, TimeSpan time, int connections)
    {
        var seconds = time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var said = (await Child.RunAsync("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", url], "/", [], time * 5)).MustExit(0).Out;
        return new(
            (long)Number(Requested().Match(said)),
            Number(Rate().Match(said)),
            Number(Tail().Match(said)) * Tail().Match(said).Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 },
            (long)Number(Refused().Match(said)) + Broken(SocketErrors().Match(said)));
    }

    private static double Number(Match match) => match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static long Broken(Match match) => match.Groups.Values.Skip(1).Where(g => g.Success).Sum(g => long.Parse(g.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requested();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Tail();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Refused();
}
