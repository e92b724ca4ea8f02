using System.Globalization;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.Realtime;

/// <summary>A Redis of the benchmark's own, in memory, ended with it.</summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    private readonly Child _process;
    private readonly int _port;

    private BenchRedis(Child process, int port) => (_process, _port) = (process, port);

    public string Url => $"redis://127.0.0.1:{_port}";

    public static async Task<BenchRedis> StartAsync(string data)
    {
        var port = FreePort.Take();
        var redis = new BenchRedis(Child.Start("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", data], data, []), port);
        await Eventually.BecomesAsync("redis answers", () => redis.SayAsync("PING"), said => said.Contains("PONG", StringComparison.Ordinal));
        return redis;
    }

    public async Task<long> StreamLengthAsync() => long.Parse((await SayAsync("XLEN", "audio_stream")).Trim(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _process.Send(Signal.Kill);
        await _process.DisposeAsync();
    }

    private async Task<string> SayAsync(params string[] command) =>
        (await Child.RunAsync("redis-cli", ["-p", $"{_port}", .. command], "/", [], TimeSpan.FromSeconds(10))).Out;
}
