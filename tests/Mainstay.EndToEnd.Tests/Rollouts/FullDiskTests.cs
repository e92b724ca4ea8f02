using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>The home lies on a small file system of its own, which becomes full in the middle of a rollout.</summary>
/// <remarks>A deploy begins only with half a gigabyte free, so the file system is made smaller when it has begun: it takes no memory that way.</remarks>
public sealed class FullDiskTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ReleasedApp _app = null!;

    private string Disk => _app.Home.Home;

    private string Filler => Path.Combine(Disk, "filler");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root mounts a file system");
        _app = await ReleasedApp.CreateAsync();
        await MountAsync("-t", "tmpfs", "-o", "size=700m,mode=0700", "tmpfs", Disk);
        (await _app.DeployAsync()).MustExit(0);
    }

    public async ValueTask DisposeAsync()
    {
        // What the daemon and its services hold open keeps the file system busy: they end first.
        await _app.RunAsync("down", "--daemon");
        foreach (var left in _app.Home.Processes())
        {
            left.Send(Signal.Kill);
        }

        await Eventually.TrueAsync("no process is left", () => _app.Home.Processes().Count == 0);
        await Child.RunAsync("umount", ["-l", Disk], "/", [], Patience);
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_build_that_fills_the_disk_fails_and_leaves_room()
    {
        _app.Declare("build: [ [ sh, fill.sh ] ]");
        _app.Repository.Write("fill.sh", $"mount -o remount,size=8m {Disk} && head -c 20000000 /dev/zero > big || exit 9\n");
        await _app.Repository.CommitVersionAsync("2");

        (await _app.DeployAsync()).MustExit(1).MustShow("failed and changed nothing");

        await _app.IsWholeAsync("1");
        (await _app.RunAsync("restart", "web")).MustExit(0);
    }

    [Fact]
    public async Task A_rollout_that_cannot_write_says_so_outlives_its_daemon_and_goes_on_when_there_is_room()
    {
        var gate = Gate.In(_app.Home, "gate");
        _app.Declare(deploy: $"verify: [ {{ command: {gate.Command()}, timeout: 60s }} ]");
        await _app.Repository.CommitVersionAsync("2");
        await using var deploy = _app.Home.Start("deploy");
        await gate.ArrivedAsync();
        await MountAsync("-o", "remount,size=8m", Disk);
        Fill();
        gate.Open();

        await SaysAsync("status");
        await SaysAsync("rollout", "show");
        var daemon = (await _app.Home.StatusAsync()).Daemon.Pid;
        PadLog();
        Fill();
        await MainstayHome.KillAsync(daemon);
        Fill();
        await SaysAsync("status");
        await using (var abort = _app.Home.Start("rollout", "abort"))
        {
            await Eventually.TrueAsync("the abort says what it waits for", () => (abort.Out + abort.Err).Contains("waits: the journal", StringComparison.Ordinal), Patience);

            File.Delete(Filler);
            await MountAsync("-o", "remount,size=700m", Disk);
            await abort.ExitAsync(Patience);
        }

        Assert.True((await _app.EndedAsync()).Phase is "rolled_back" or "succeeded");
        (await _app.RunAsync("down", "--daemon")).MustExit(0);
        Assert.DoesNotContain("\0", await File.ReadAllTextAsync(Path.Combine(Disk, "logs", "daemon.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<string> SaysAsync(params string[] command) => Eventually.BecomesAsync(
        $"{string.Join(' ', command)} says what the rollout waits for",
        async () => (await _app.RunAsync(command)).Screen,
        screen => screen.ReplaceLineEndings(" ").Contains("waits: the journal", StringComparison.Ordinal),
        Patience);

    /// <summary>Until nothing more fits, however little.</summary>
    private void Fill()
    {
        var block = new byte[512];
        try
        {
            using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>The next line of the daemon's own log needs a new page, and gets none.</summary>
    private void PadLog()
    {
        using var file = new FileStream(Path.Combine(Disk, "logs", "daemon.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(Enumerable.Repeat((byte)'.', (int)((4096 - (file.Length % 4096)) % 4096)).ToArray());
    }

    private static async Task MountAsync(params string[] arguments) => (await Child.RunAsync("mount", arguments, "/", [], Patience)).MustExit(0);
}
