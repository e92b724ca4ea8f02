using Mainstay.Daemon.Lifecycle;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Tests.Lifecycle;

public sealed class DaemonLogFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ms-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A folder in its place is refused like a file of another user, also to root.</summary>
    [Fact]
    public void A_log_that_may_not_be_written_stops_nobody_and_is_tried_again()
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder, "daemon.log")).FullName;
        using var log = new DaemonLogFile(path, TimeProvider.System);
        var logger = log.CreateLogger("Test");

        logger.DaemonEnds("nobody reads this");
        Directory.Delete(path);
        logger.DaemonEnds("written");

        Assert.Contains("written", Assert.Single(File.ReadAllLines(path)), StringComparison.Ordinal);
    }

    /// <summary>/dev/full takes no byte, as a full disk. What fails while a fault is told would end the loop that tells it.</summary>
    [Fact]
    public void A_full_disk_is_nothing_that_whoever_logs_hears_of_and_ends_with_the_disk_being_full()
    {
        var path = Path.Combine(_folder, "daemon.log");
        File.CreateSymbolicLink(path, "/dev/full");
        using var log = new DaemonLogFile(path, TimeProvider.System);
        var logger = log.CreateLogger("Test");

        logger.DaemonEnds("nobody reads this");
        logger.DaemonEnds("nor this");
        File.Delete(path);
        logger.DaemonEnds("written");

        Assert.Contains(File.ReadAllLines(path), line => line.Contains("written", StringComparison.Ordinal));
        Assert.DoesNotContain(File.ReadAllLines(path), line => line.Contains("nor this", StringComparison.Ordinal));
    }
}
