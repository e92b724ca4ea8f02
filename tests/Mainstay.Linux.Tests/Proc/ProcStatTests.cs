using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Linux.Proc;

namespace Mainstay.Linux.Tests.Proc;

public sealed class ProcStatTests
{
    private const string Line =
        "4242 (a) b (c)) S 17 4242 4240 0 -1 4194560 900 800 0 0 12 34 5 6 20 0 3 0 987654 1000000 250 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 2304\n";

    [Fact]
    public void A_command_may_look_like_fields() => Assert.Equal(
        new ProcStat(4242, "a) b (c)", 'S', 17, 4240, 46, 11, 987654, 250, 2304), ProcStat.Parse(Encoding.UTF8.GetBytes(Line)));

    [Fact]
    public void Our_own_is_alive_and_started_before_now()
    {
        var own = ProcStat.Read(Environment.ProcessId)!.Value;
        Assert.Equal(Environment.ProcessId, own.Pid);
        Assert.False(own.IsDead);
        Assert.InRange(own.StartTicks, 1, BootClock.Ticks);
        Assert.True(own.ResidentPages > 0);
    }

    [Fact]
    public void A_process_that_is_not_there_is_null() => Assert.Null(ProcStat.Read(int.MaxValue));

    [Fact]
    public void No_garbage_makes_it_throw() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        ProcStat.Parse(bytes);
        ProcStat.Parse([.. "1 (x) "u8, .. bytes]);
        ProcStat.Parse(Encoding.UTF8.GetBytes(Line).AsSpan(0, Math.Min(bytes.Length, Line.Length)));
    }).QuickCheckThrowOnFailure();
}
