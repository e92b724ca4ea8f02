using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class StopAskedTests
{
    [Theory]
    [InlineData("", false, "")]
    [InlineData("T", false, "drain")]
    [InlineData("TT", false, "drain")]
    [InlineData("I", false, "drain soon")]
    [InlineData("TI", false, "drain soon")]
    [InlineData("II", false, "drain soon now")]
    [InlineData("II", true, "drain soon")]
    [InlineData("TIII", true, "drain soon")]
    public void Signals_add_up_and_under_supervision_a_repeated_one_says_nothing_new(string signals, bool isSupervised, string means)
    {
        using var asked = new StopAsked(isSupervised);
        foreach (var signal in signals)
        {
            ((Action)(signal == 'T' ? asked.Terminate : asked.Interrupt))();
        }

        var (drain, soon, now) = (asked.Signals.Drain, asked.Signals.Soon, asked.Signals.Now);
        (string Word, CancellationToken Token)[] all = [("drain", drain), ("soon", soon), ("now", now)];
        Assert.Equal(means, string.Join(' ', all.Where(s => s.Token.IsCancellationRequested).Select(s => s.Word)));
    }
}
