using System.Runtime.InteropServices;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Report;

/// <summary>Where a figure was measured; without it no figure means anything.</summary>
internal static class Machine
{
    public static object Describe() => new
    {
        cores = Environment.ProcessorCount,
        processor = FirstValue("/proc/cpuinfo", "model name"),
        memory_bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        kernel = Environment.OSVersion.Version.ToString(),
        dotnet = RuntimeInformation.FrameworkDescription,
        load = File.ReadAllText("/proc/loadavg").Split(' ')[0],
    };

    /// <summary>The first line of what a program says about its version.</summary>
    public static async Task<string> VersionAsync(string program, params string[] arguments)
    {
        var said = await Child.RunAsync(program, arguments, "/", [], TimeSpan.FromSeconds(30));
        return said.Screen.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
    }

    private static string FirstValue(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
