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
}
