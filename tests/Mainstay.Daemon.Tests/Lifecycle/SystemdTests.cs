using System.Globalization;
using Mainstay.Daemon.Lifecycle;

namespace Mainstay.Daemon.Tests.Lifecycle;

public sealed class SystemdTests
{
    private static readonly string Us = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void The_process_that_systemd_started_itself_is_told_from_one_below_it()
    {
        Assert.True(Systemd.StartedUs(Variables(("SYSTEMD_EXEC_PID", Us), ("INVOCATION_ID", "x"))));
        Assert.False(Systemd.StartedUs(Variables(("SYSTEMD_EXEC_PID", "1"), ("INVOCATION_ID", "x"))));
        Assert.False(Systemd.StartedUs(Variables()));
    }

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) => name => variables.FirstOrDefault(v => v.Name == name).Value;
}
