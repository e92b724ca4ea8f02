using Mainstay.Contracts.EdgeControl;
using Mainstay.Daemon.Edge;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Daemon.Tests.Edge;

public sealed class EdgeLinkTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ms-link-").FullName;
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EdgeSums _counts = new(TimeProvider.System);
    private FakeWorker _worker = null!;
    private EdgeLink _link = null!;

    public async ValueTask InitializeAsync()
    {
        var path = Path.Combine(_folder, "edge.sock");
        _worker = new FakeWorker(path);
        _link = new EdgeLink(1, path, _counts, TimeProvider.System, NullLogger.Instance);
        _link.Offer(Snapshot(7));
        _link.Start(_serving.SetResult);
        await _worker.AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _link.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_worker_serves_once_it_applied_a_snapshot_and_not_when_it_connects()
    {
        var first = await _worker.HearAsync();
        Assert.Equal(7, first.Snapshot!.Version);
        Assert.False(_serving.Task.IsCompleted);

        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(7)));
        await _serving.Task;
    }

    [Fact]
    public async Task Waiting_for_a_version_ends_when_the_worker_decides_by_it_or_by_a_later_one()
    {
        await _worker.HearAsync();
        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(7)));
        await _serving.Task;

        _link.Offer(Snapshot(8));
        var applied = _link.AppliedAsync(8);
        Assert.Equal(8, (await _worker.HearAsync()).Snapshot!.Version);
        Assert.False(applied.IsCompleted);

        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(9)));
        await applied;
    }

    [Fact]
    public async Task A_drained_instance_is_idle_only_when_the_worker_says_so()
    {
        await _worker.HearAsync();
        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(7)));
        await _serving.Task;

        var idle = _link.IdleAsync("api-1.r1");
        await _worker.SayAsync(new EdgeReport(InFlight: new EdgeInFlight("api-1.r1", 2, 1)));
        await _worker.SayAsync(new EdgeReport(InFlight: new EdgeInFlight("other", 0, 0)));
        Assert.False(idle.IsCompleted);

        await _worker.SayAsync(new EdgeReport(InFlight: new EdgeInFlight("api-1.r1", 0, 0)));
        await idle;
    }

    [Fact]
    public async Task A_worker_that_comes_back_gets_the_newest_snapshot_first()
    {
        await _worker.HearAsync();
        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(7)));
        await _serving.Task;
        var waiting = _link.AppliedAsync(8);

        await _worker.HangUpAsync();
        await waiting;
        _link.Offer(Snapshot(9));
        await _worker.AcceptAsync();

        Assert.Equal(9, (await _worker.HearAsync()).Snapshot!.Version);
    }

    [Fact]
    public async Task Everything_that_was_said_before_a_worker_hung_up_has_been_heard_when_it_is_lost()
    {
        await _worker.HearAsync();
        await _worker.SayAsync(new EdgeReport(Applied: new EdgeApplied(7)));
        await _serving.Task;
        var lost = _link.LostAsync();
        for (var i = 1; i <= 50; i++)
        {
            await _worker.SayAsync(new EdgeReport(Counts: new([new("api", "api-1.r1", i, 0, [i])], [])));
        }

        Assert.False(lost.IsCompleted);
        await _worker.HangUpAsync();
        await lost;
        Assert.Equal(50, Assert.Single(_counts.Read("api").Instances).Requests);
    }

    private static EdgeSnapshot Snapshot(long version) => new(version, "test", [], [new EdgeService("api", false, 0, [new("api-1.r1", "127.0.0.1", 1, true)], "")], [], [], null, 30);
}
