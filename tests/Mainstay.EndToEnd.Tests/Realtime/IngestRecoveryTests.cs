using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Something of Mainstay itself is killed in the middle of calls; callers who resume lose nothing.</summary>
[Collection(nameof(Alone))]
public sealed class IngestRecoveryTests
{
    private const int Calls = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_killed_ingest_process_costs_its_callers_a_reconnect_and_no_frame(int seed)
    {
        await using var stack = await IngestStack.UpAsync();
        var chance = new Random(seed);
        var calls = IngestCall.Begin(stack, Calls);
        await calls[chance.Next(Calls)].GoesOnAsync(chance.Next(1, 150));

        var process = await stack.ProcessAsync();
        await MainstayHome.KillAsync(process.Pid);

        await MustAllBeStoredAsync(calls, cuts: 1);
        Assert.NotEqual(process, await stack.ProcessAsync());
    }

    [Fact]
    public async Task What_a_killed_ingest_process_left_in_its_spool_comes_before_what_callers_send_again()
    {
        await using var stack = await IngestStack.UpAsync();
        var calls = IngestCall.Begin(stack, Calls);
        await calls[0].GoesOnAsync(40);
        await stack.Redis.DieAsync();
        await calls[1].GoesOnAsync(60);

        await MainstayHome.KillAsync((await stack.ProcessAsync()).Pid);
        await calls[2].GoesOnAsync(30);
        Assert.Equal("spool", calls[2].Level);
        await stack.Redis.ReturnAsync();

        await MustAllBeStoredAsync(calls, cuts: 1);
    }

    [Fact]
    public async Task A_killed_daemon_is_not_noticed_by_any_caller()
    {
        await using var stack = await IngestStack.UpAsync();
        var calls = IngestCall.Begin(stack, Calls);
        await calls[0].GoesOnAsync(20);

        var before = await stack.Home.KillDaemonAsync();
        await calls[1].GoesOnAsync(100);

        Assert.Equal(before["ingest"].Only.Process, await stack.ProcessAsync());
        await MustAllBeStoredAsync(calls, cuts: 0);
    }

    [Fact]
    public async Task A_killed_edge_costs_its_callers_a_reconnect_and_no_frame()
    {
        await using var stack = await IngestStack.UpAsync();
        var calls = IngestCall.Begin(stack, Calls);
        await calls[0].GoesOnAsync(20);

        var before = await stack.Home.StatusAsync();
        await MainstayHome.KillAsync(before.Edge.Pid!.Value);

        await MustAllBeStoredAsync(calls, cuts: 1);
        Assert.Equal(before["ingest"].Only.Process, await stack.ProcessAsync());
    }

    private static async Task MustAllBeStoredAsync(IReadOnlyList<IngestCall> calls, int cuts)
    {
        foreach (var call in calls)
        {
            await call.GoesOnAsync(50);
            await call.MustBeStoredAsync();

            // While nobody listens, it may try several times; the edge answers for the service then.
            Assert.Equal(cuts > 0, call.Endings.Count > 1);
            await call.DisposeAsync();
        }
    }
}
