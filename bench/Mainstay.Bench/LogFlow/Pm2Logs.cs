using Mainstay.Bench.Subjects;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.LogFlow;

internal sealed class Pm2Logs : ILogKeeper
{
    private const int TailBytes = 4 * LogBench.BytesPerLine;

    private readonly Pm2 _pm2 = new();
    private string _app = "";

    public string Name => "pm2";

    public int DaemonPid => _pm2.DaemonPid;

    public async Task PrepareAsync(string[] writer)
    {
        (await _pm2.RunAsync("ping")).MustExit(0);
        _app = _pm2.Declare(new { name = "app", script = writer[1], args = writer[2..], interpreter = writer[0], exec_mode = "fork", autorestart = false });
    }

    public async Task StartWriterAsync() => (await _pm2.RunAsync("start", _app)).MustExit(0);

    public Task<long> LastLineAsync()
    {
        if (!File.Exists(_pm2.LogOf("app")))
        {
            return Task.FromResult(0L);
        }

        using var log = File.OpenRead(_pm2.LogOf("app"));
        log.Seek(-Math.Min(log.Length, TailBytes), SeekOrigin.End);
        using var text = new StreamReader(log);
        return Task.FromResult(text.ReadToEnd().Split('\n').Max(NumberedLines.NumberIn));
    }

    public Task<long> CountAsync(int lines) => Task.FromResult(NumberedLines.CountInOrder(File.ReadLines(_pm2.LogOf("app"))));

    public Child Follow() => _pm2.Start("logs", "app");

    public ValueTask DisposeAsync() => _pm2.DisposeAsync();
}
