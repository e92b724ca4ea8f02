using System.Diagnostics;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Files;
using Mainstay.Linux.Polling;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>Real daemons, killed for real while a service prints. MAINSTAY_KILLS says how many; a handful by default.</summary>
public class LogKillTests
{
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("MAINSTAY_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 8;

    [Fact]
    public async Task A_daemon_that_is_killed_again_and_again_loses_and_repeats_no_line()
    {
        var token = TestContext.Current.CancellationToken;
        var home = new HomeLayout(Directory.CreateTempSubdirectory("mainstay-kill-").FullName);
        Directory.CreateDirectory(home.Pipes);
        var fifo = Path.Combine(home.Pipes, "r1.out");
        Fifo.Make(fifo);

        // What a service holds for itself as long as it lives; this one may end between two daemons.
        using var held = Fifo.OpenBoth(fifo);
        var stop = Path.Combine(home.Root, "stop");
        var random = new Random(20261122);

        // Line by line like a service, and held read-write like one, so that no reader is ever needed.
        using var writer = Process.Start("/bin/bash", ["-c", $"exec 1<>{fifo}; for ((i = 0; ; i++)); do echo \"line $i\"; [[ $((i % 1000)) == 0 && -e {stop} ]] && break; done"]);
        var printed = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            var enough = Stored(home) + random.Next(0, 600_000);
            using var daemon = KilledDaemon.Start(home);

            // From its first write to far into its work, over several rotations.
            while (Stored(home) <= enough)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, token);
            }

            daemon.Kill();
            await daemon.WaitForExitAsync(token);
        }

        await File.WriteAllTextAsync(stop, "", token);
        using var loop = new EventLoop(e => Assert.Fail(e.ToString()));
        await using (var store = new LogStore(home, loop, TimeProvider.System, NullLogger<LogStore>.Instance))
        {
            var capture = store.Capture(new ServiceName("api"), "api-1", "r1", KilledDaemon.Limits, null);
            await writer.WaitForExitAsync(token);
            await capture.FinishAsync(token);
        }

        await foreach (var record in new LogTail(home, TimeProvider.System).ReadAsync(new(["api"]), token))
        {
            Assert.Equal($"line {printed}", record.Text);
            printed++;
        }

        Assert.True(printed % 1000 == 1 && printed > 1000, $"{printed} lines");
        TestContext.Current.TestOutputHelper?.WriteLine($"{printed} lines, {Kills} kills");
        Directory.Delete(home.Root, recursive: true);
    }

    private static long Stored(HomeLayout home) =>
        new DirectoryInfo(home.Logs) is { Exists: true } logs ? logs.EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length) : 0;

    // A file that is being rotated away between the look and the question counts as nothing.
    private static long Length(FileInfo file) => file.Exists ? file.Length : 0;
}
