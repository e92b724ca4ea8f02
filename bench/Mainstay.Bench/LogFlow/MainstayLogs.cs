using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.Bench.LogFlow;

internal sealed class MainstayLogs : ILogKeeper
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly MainstayHome _home = MainstayHome.Create();

    public string Name => "mainstay";

    public int DaemonPid { get; private set; }

    public async Task PrepareAsync(string[] writer)
    {
        Declare("");
        await _home.UpAsync();
        DaemonPid = (await _home.StatusAsync()).Daemon.Pid;
        Declare($"  app: {{ command: [ {string.Join(", ", writer.Select(w => $"\"{w}\""))} ], restart: {{ policy: never }}, logs: {{ max_size: 2GB, max_files: 2 }} }}\n");
    }

    public Task StartWriterAsync() => _home.UpAsync();

    public async Task<long> LastLineAsync() => NumberedLines.NumberIn((await LastAsync(1)).FirstOrDefault());

    public async Task<long> CountAsync(int lines) => NumberedLines.CountInOrder(await LastAsync(lines + 100));

    public Child Follow() => _home.Start("logs", "app", "-f");

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    private async Task<string[]> LastAsync(int count) => (await _home.RunAsync(Patience, "logs", "app", "-n", $"{count}")).Out.Split('\n');

    private void Declare(string app) => _home.Declare($"stack: bench\nservices:\n  idle: {{ command: [ sleep, \"1000000\" ] }}\n{app}");
}
