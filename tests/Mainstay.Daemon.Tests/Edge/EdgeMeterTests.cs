using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Daemon.Edge;
using Mainstay.Daemon.Switches;
using Mainstay.Journal;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Daemon.Tests.Edge;

public sealed class EdgeMeterTests : IAsyncLifetime
{
    private static readonly ServiceName Api = new("api");
    private static readonly CanarySpec Rule = new(25, new("X-Canary", "1"), new("canary", "yes"), TimeSpan.FromMinutes(2));

    private readonly string _folder = Directory.CreateTempSubdirectory("ms-meter-").FullName;
    private readonly FakeLauncher _launcher = new();
    private EdgeKeeper _keeper = null!;
    private EdgeTraffic _traffic = null!;
    private EdgeMeter _meter = null!;

    public async ValueTask InitializeAsync()
    {
        var home = new HomeLayout(_folder);
        Directory.CreateDirectory(home.Run);
        _keeper = new(home, new MemoryJournal(), _launcher, new EdgeSockets(), TimeProvider.System, NullLogger<EdgeKeeper>.Instance);
        _traffic = new(_keeper, new(new MemoryJournal(), TimeProvider.System, NullLogger<SwitchStore>.Instance), TimeProvider.System, NullLogger<EdgeTraffic>.Instance);
        _meter = new(_keeper, _traffic);
        await _keeper.StartAsync(TestContext.Current.CancellationToken);
        await _traffic.UseAsync(new(new("s"), "mainstay.yaml", "/", EdgeSpec.None, [], [], [new(null, "/", Api, false, TimeSpan.FromSeconds(30), SourceSpan.None)]), default);
        await _traffic.OpenAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (worker, process) in _launcher.Started.Values)
        {
            await worker.DisposeAsync();
            process.End();
        }

        await _keeper.DisposeAsync();
        _traffic.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_service_without_a_route_has_no_traffic_to_read_and_one_with_a_route_has_none_yet()
    {
        Assert.Null(_meter.Read(new("other")));
        var none = _meter.Read(Api)!;
        Assert.Empty(none.ByEndpoint);
        Assert.Equal((0L, TimeSpan.Zero, TimeSpan.Zero), (none.EdgeFailures, none.Downtime, none.LongestHold));
    }

    [Fact]
    public async Task Counts_arrive_with_every_bucket()
    {
        var worker = await ServeAsync(1);
        await worker.SayAsync(new(Counts: new([new("api", "api-1.r1", 3, 1, [2, 1])], [new("api", 3, 1, 0.5, 2)])));
        var read = await UntilAsync(t => t.EdgeFailures == 1);

        var endpoint = read.ByEndpoint["api-1.r1"];
        Assert.Equal((3L, 1L, LatencyBuckets.Count, 3L), (endpoint.Requests, endpoint.Failures, endpoint.Latency.Length, endpoint.Latency.Sum()));
        Assert.Equal((TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2)), (read.Downtime, read.LongestHold));
    }

    [Fact]
    public async Task A_worker_that_is_replaced_leaves_its_last_counts_in_the_sum()
    {
        var first = await ServeAsync(1);
        await first.SayAsync(new(Counts: Counted(10)));
        await UntilAsync(t => Requests(t) == 10);

        var replaced = _keeper.ReplaceAsync();
        var second = await ServeAsync(2, wanted: true);
        Assert.True(await replaced);
        await second.SayAsync(new(Counts: Counted(1)));

        // In one breath with its end, as a worker does that has drained.
        await first.SayAsync(new(Counts: Counted(15)));
        await first.SayAsync(new(Drained: new(0, 0)));
        _launcher.Started[1].Process.End();
        await first.HangUpAsync();
        await UntilAsync(t => Requests(t) == 16);

        await second.SayAsync(new(Counts: Counted(4)));
        await UntilAsync(t => Requests(t) == 19);
    }

    [Fact]
    public async Task A_share_is_in_force_when_every_worker_has_applied_it()
    {
        var worker = await ServeAsync(1);
        var sharing = _meter.ShareAsync(Api, Rule, CancellationToken.None);
        var snapshot = (await worker.HearAsync()).Snapshot!;
        Assert.Equal(new EdgeCanary(25, "X-Canary", "1", "canary", "yes"), Assert.Single(snapshot.Services).Canary);
        Assert.False(sharing.IsCompleted);

        await worker.SayAsync(new(Applied: new(snapshot.Version)));
        await sharing;
    }

    [Fact]
    public async Task A_share_stands_whatever_is_published_and_until_it_is_taken_back()
    {
        var worker = await ServeAsync(1);
        await ApplyAsync(worker, _meter.ShareAsync(Api, Rule with { Header = null }, CancellationToken.None));
        var published = await ApplyAsync(worker, _traffic.PublishAsync(new(Api, false, TimeSpan.Zero, [new("api-1.r1", 4001, false), new("api-2.r2", 4002, false, Candidate: true)], ""), CancellationToken.None));
        Assert.Equal(new EdgeCanary(25, null, null, "canary", "yes"), published.Canary);
        Assert.Equal([false, true], published.Instances.Select(i => i.Candidate));

        Assert.Null((await ApplyAsync(worker, _meter.ShareAsync(Api, null, CancellationToken.None))).Canary);
    }

    [Fact]
    public async Task A_share_without_any_worker_is_given_at_once_and_to_the_next_one()
    {
        await _meter.ShareAsync(Api, Rule, CancellationToken.None);
        _keeper.Want(true);
        var worker = await StartedAsync(1);
        await worker.AcceptAsync();
        Assert.NotNull(Assert.Single((await worker.HearAsync()).Snapshot!.Services).Canary);
    }

    private static async Task<EdgeService> ApplyAsync(FakeWorker worker, Task done)
    {
        var snapshot = (await worker.HearAsync()).Snapshot!;
        await worker.SayAsync(new(Applied: new(snapshot.Version)));
        await done;
        return Assert.Single(snapshot.Services);
    }

    private static EdgeCounts Counted(long requests) => new([new("api", "api-1.r1", requests, 0, [requests])], []);

    private static long Requests(ServiceTraffic traffic) => traffic.ByEndpoint.GetValueOrDefault("api-1.r1")?.Requests ?? 0;

    private async Task<FakeWorker> ServeAsync(int number, bool wanted = false)
    {
        if (!wanted)
        {
            _keeper.Want(true);
        }

        var worker = await StartedAsync(number);
        await worker.AcceptAsync();
        await worker.SayAsync(new(Applied: new((await worker.HearAsync()).Snapshot!.Version)));
        Assert.True(await _keeper.ServingAsync());
        return worker;
    }

    private async Task<FakeWorker> StartedAsync(int number)
    {
        while (true)
        {
            lock (_launcher.Started)
            {
                if (_launcher.Started.TryGetValue(number, out var started))
                {
                    return started.Worker;
                }
            }

            await BreatheAsync();
        }
    }

    private async Task<ServiceTraffic> UntilAsync(Func<ServiceTraffic, bool> fits)
    {
        while (true)
        {
            if (_meter.Read(Api) is { } read && fits(read))
            {
                return read;
            }

            await BreatheAsync();
        }
    }

    private static Task BreatheAsync() => Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
}
