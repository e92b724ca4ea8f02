using Mainstay.Bench.Report;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.EdgeCost;

/// <summary>
/// What it costs to pass one small request through each proxy. On a machine whose cores are shared with the load, requests per second say little;
/// processor time per request, read from /proc, is what the repeats agree on.
/// </summary>
internal static class EdgeBench
{
    private const int Connections = 32;
    private const string Reference = "nginx";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task<BenchReport> RunAsync(BenchOptions options)
    {
        var (repeats, time) = (options.Repeats ?? 7, TimeSpan.FromSeconds(options.Seconds ?? 4));
        var report = new BenchReport("edge",
            $"One 11-byte answer through each proxy: wrk -t1 -c{Connections}, {repeats} interleaved runs of {time.TotalSeconds:0} s after {WarmUp.TotalSeconds:0} s of warm-up.");
        await using var site = new Site();
        await site.StartAsync();
        List<Proxy> proxies = [];
        try
        {
            foreach (var proxy in Proxies(options))
            {
                proxies.Add(proxy);
                await proxy.StartAsync(site);
                report.Note($"{proxy.Name}: {await proxy.VersionAsync()}");
            }

            report.Add("Cleartext HTTP/1.1, keep-alive", await MeasureAsync(proxies, p => $"http://127.0.0.1:{p.Clear}/", repeats, time));
            report.Add("TLS (P-256), keep-alive", await MeasureAsync(proxies, p => $"https://localhost:{p.Tls}/", repeats, time));
        }
        finally
        {
            foreach (var proxy in proxies)
            {
                await proxy.DisposeAsync();
            }
        }

        report.Note("CPU: utime + stime of all processes of the proxy per answered request, best / median / worst of the runs; the ratio compares medians.");
        return report;
    }

    private static IEnumerable<Proxy> Proxies(BenchOptions options)
    {
        yield return new Nginx();
        if (options.Wants("haproxy"))
        {
            yield return new HaProxy();
        }

        if (options.Wants("caddy"))
        {
            yield return new Caddy();
        }

        if (options.WantsMainstay())
        {
            yield return new MainstayProxy();
        }
    }

    private static async Task<IEnumerable<Row>> MeasureAsync(List<Proxy> proxies, Func<Proxy, string> url, int repeats, TimeSpan time)
    {
        var found = proxies.ToDictionary(p => p, _ => new Measured());
        foreach (var proxy in proxies)
        {
            await Wrk.RunAsync(url(proxy), WarmUp, Connections);
        }

        for (var round = 0; round < repeats; round++)
        {
            // Each round begins with another proxy, so that none always follows the same neighbour.
            foreach (var proxy in proxies.Skip(round % proxies.Count).Concat(proxies.Take(round % proxies.Count)))
            {
                Progress.Say($"round {round + 1} of {repeats}: {url(proxy)} {proxy.Name}");
                await found[proxy].MeasureAsync(proxy, url(proxy), time);
            }
        }

        var reference = proxies.First(p => p.Name == Reference);
        return proxies.Select(p => found[p].Row(p, found[reference]));
    }

    private sealed class Measured
    {
        private readonly Samples _cpu = new();
        private readonly Samples _rate = new();
        private readonly Samples _p99 = new();
        private long _bad;

        public async Task MeasureAsync(Proxy proxy, string url, TimeSpan time)
        {
            var pids = proxy.Pids;
            var before = ProcFs.CpuSeconds(pids);
            var run = await Wrk.RunAsync(url, time, Connections);
            _bad += run.Bad;
            if (run.Requests > 0)
            {
                _cpu.Add((ProcFs.CpuSeconds(pids) - before) / run.Requests * 1e6);
                _rate.Add(run.PerSecond);
                _p99.Add(run.P99Ms);
            }
        }

        public Row Row(Proxy proxy, Measured reference) => new(
            ("proxy", proxy.Name),
            ("CPU µs per request", _cpu.ToString()),
            ("CPU ratio", _cpu.Median / reference._cpu.Median),
            ("requests/s", _rate.Median),
            ("rate ratio", _rate.Median / reference._rate.Median),
            ("p99 ms", _p99.Median),
            ("bad answers", _bad),
            ("RSS MB", proxy.Pids.Sum(ProcFs.ResidentBytes) / 1e6),
            ("private MB", proxy.Pids.Sum(ProcFs.PrivateBytes) / 1e6));
    }
}
