using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Tests.Signals;

public sealed class SignalNumberTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("TERM", 15)]
    [InlineData("sigint", 2)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("SIGRTMAX-1", 63)]
    [InlineData("RTMAX", 64)]
    public void Names_are_understood_as_people_write_them(string text, int signal)
    {
        Assert.True(SignalNumber.TryParse(text, out var parsed));
        Assert.Equal(signal, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("SIGFOO")]
    [InlineData("SIGRTMIN+99")]
    [InlineData("SIGRTMIN-1")]
    [InlineData("SIG0")]
    public void Others_are_not(string text) => Assert.False(SignalNumber.TryParse(text, out _));

    [Fact]
    public void Every_name_leads_back_to_its_number()
    {
        for (var signal = 1; signal <= 64; signal++)
        {
            if (signal is not (32 or 33))
            {
                Assert.True(SignalNumber.TryParse(SignalNumber.NameOf(signal), out var parsed));
                Assert.Equal(signal, parsed);
            }
        }
    }

    [Theory]
    [InlineData(11, "killed by SIGSEGV (segmentation fault)")]
    [InlineData(15, "killed by SIGTERM (asked to terminate)")]
    [InlineData(9, "killed by SIGKILL")]
    [InlineData(37, "killed by SIGRTMIN+3")]
    public void A_death_is_described_in_words(int signal, string text) => Assert.Equal(text, SignalNumber.DescribeDeath(signal));
}
