using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Tests.Processes;

public sealed class SpawnThreadTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public async Task We_stay_who_we_are_after_a_switch()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        await _kernel.OutputOf(_kernel.Shell("true") with { User = "nobody", SetListenPid = true, OpenFiles = 100 });
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            var status = Path.Combine(thread, "status");
            Assert.True(!File.Exists(status) || File.ReadAllText(status).Contains("Uid:\t0\t0\t0\t0", StringComparison.Ordinal), thread);
        }

        const int getDumpable = 3;
        Assert.Equal(1, Libc.PrCtl(getDumpable, 0, 0, 0, 0));
    }
}
