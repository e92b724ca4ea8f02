using Mainstay.Bench.Crash;
using Mainstay.Bench.Deploy;
using Mainstay.Bench.EdgeCost;
using Mainstay.Bench.Footprint;
using Mainstay.Bench.LogFlow;
using Mainstay.Bench.Realtime;
using Mainstay.Bench.Reload;
using Mainstay.Bench.Report;

// Measures Mainstay beside what people use today. Prints a table and writes artifacts/bench/<verb>.json; asserts nothing.
Dictionary<string, Func<BenchOptions, Task<BenchReport>>> verbs = new()
{
    ["reload"] = ReloadBench.RunAsync,
    ["crash"] = CrashBench.RunAsync,
    ["edge"] = EdgeBench.RunAsync,
    ["footprint"] = FootprintBench.RunAsync,
    ["logs"] = LogBench.RunAsync,
    ["deploy"] = DeployBench.RunAsync,
    ["realtime"] = RealtimeBench.RunAsync,
};

if (args.Length == 0 || !verbs.TryGetValue(args[0], out var run) || BenchOptions.Parse(args.AsSpan(1)) is not { } options)
{
    Console.Error.WriteLine($"usage: bench {string.Join('|', verbs.Keys)} {BenchOptions.Usage}");
    return 2;
}

var report = await run(options);
report.Print(Console.Out);
Console.WriteLine($"written: {report.Write()}");
return 0;
