using FsCheck;
using FsCheck.Fluent;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Processes;

namespace Mainstay.Supervisor.Tests.Processes;

public sealed class NotifyProtocolTests
{
    private static readonly NotifyMessage Nothing = new(false, false, false, false, false, null, null, null, 7);

    [Fact]
    public void Every_known_line_is_understood_and_unknown_ones_are_passed_over() => Assert.Equal(
        new NotifyMessage(true, true, true, true, false, "ready for requests=2", TimeSpan.FromSeconds(1.5), 42, 7),
        NotifyProtocol.Parse("READY=1\nRELOADING=1\nSTOPPING=1\nWATCHDOG=1\nSTATUS=ready for requests=2\nEXTEND_TIMEOUT_USEC=1500000\nMAINPID=42\nFDSTORE=1\nX_OWN=2\n", 7));

    [Fact]
    public void A_watchdog_that_gives_up_is_told_from_one_that_pings() =>
        Assert.Equal(Nothing with { WatchdogTrigger = true }, NotifyProtocol.Parse("WATCHDOG=trigger", 7));

    [Theory]
    [InlineData("READY=0")]
    [InlineData("READY")]
    [InlineData("=1")]
    [InlineData("MAINPID=-3\nMAINPID=1\nMAINPID=x")]
    [InlineData("EXTEND_TIMEOUT_USEC=\nEXTEND_TIMEOUT_USEC=-1")]
    [InlineData("")]
    public void What_says_nothing_changes_nothing(string text) => Assert.Equal(Nothing, NotifyProtocol.Parse(text, 7));

    [Fact]
    public void An_extension_is_at_most_a_day() =>
        Assert.Equal(TimeSpan.FromDays(1), NotifyProtocol.Parse("EXTEND_TIMEOUT_USEC=18446744073709551615", 7).ExtendTimeout);

    [Fact]
    public void A_status_cannot_drive_the_terminal_or_fill_the_screen()
    {
        var status = NotifyProtocol.Parse("STATUS=a\u001b[2Jb\r" + new string('x', 5000), 7).Status!;
        Assert.Equal(256, status.Length);
        Assert.StartsWith("a [2Jb xxx", status, StringComparison.Ordinal);
    }

    [Fact]
    public void No_datagram_makes_it_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text => NotifyProtocol.Parse(text, 7).SenderPid == 7).QuickCheckThrowOnFailure();
}
