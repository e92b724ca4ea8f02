using System.Globalization;
using System.Text.Json;
using Mainstay.Contracts;

namespace Mainstay.Realtime.Simulator;

/// <summary>Many callers at once, to see that none is cut.</summary>
public static class SimulatorRole
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Returns 0 when all calls ended well, 1 when one was cut, 2 when the arguments are wrong.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["help"] || args.Any(a => a is "--help" or "-h"))
        {
            await Console.Out.WriteLineAsync(SimulatorOptions.Usage);
            return (int)(args.Length == 0 ? ExitCode.WrongUsage : ExitCode.Done);
        }

        if (SimulatorOptions.Read(args) is not ({ } options, _))
        {
            await Console.Error.WriteLineAsync($"mainstay realtime sim: {SimulatorOptions.Read(args).Fault}\n{SimulatorOptions.Usage}");
            return (int)ExitCode.WrongUsage;
        }

        using var giveUp = new CancellationTokenSource();
        void Interrupted(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = true;
            giveUp.Cancel();
        }

        Console.CancelKeyPress += Interrupted;
        try
        {
            var reports = await SimulateAsync(options, TimeProvider.System, giveUp.Token);
            await PrintAsync(options, reports);
            return (int)(reports.All(r => r.Ended) ? ExitCode.Done : ExitCode.Failed);
        }
        finally
        {
            Console.CancelKeyPress -= Interrupted;
        }
    }

    internal static Task<CallReport[]> SimulateAsync(SimulatorOptions options, TimeProvider time, CancellationToken giveUp)
    {
        var run = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        return Task.WhenAll(Enumerable.Range(1, options.Calls).Select(number => SimulatedCall.RunAsync(options, new(options.Dialect, number, run), time, giveUp)));
    }

    private static async Task PrintAsync(SimulatorOptions options, CallReport[] reports)
    {
        if (options.AsJson)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { Calls = reports, Cut = reports.Count(r => !r.Ended) }, s_json));
            return;
        }

        foreach (var r in reports)
        {
            var acked = r.Acked is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} acknowledged") : "";
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{r.Call}: {r.Sent} frames sent{acked}, {(r.Ended ? "ended well" : "CUT")}, close {r.CloseCode?.ToString(CultureInfo.InvariantCulture) ?? "none"} {r.Because}").TrimEnd());
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reports.Length} calls, {reports.Count(r => !r.Ended)} cut"));
    }
}
