using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Rollout.Tests.Execution;

public class RolloutLoopTests
{
    [Fact]
    public async Task A_disk_that_refuses_and_a_tree_that_is_too_large_are_told_as_they_are_and_as_nobodys_fault()
    {
        Assert.Equal("No space left on device", (await EndOfAsync(new IOException("No space left on device"))).Because);
        Assert.Equal("holds too many files", (await EndOfAsync(new TreeLimitException("holds too many files"))).Because);
        Assert.Equal("met a fault of Mainstay's own: bad sum", (await EndOfAsync(new InvalidOperationException("bad sum"))).Because);
    }

    [Fact]
    public async Task While_nothing_can_be_written_down_it_says_so_and_then_goes_on_by_itself()
    {
        using var journal = new FullJournal();
        await using var loop = Loop(journal, new Throws(new IOException("gone")));
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = loop.Listen(step => told.TrySetResult(step.Because));
        journal.IsFull = true;
        loop.Start();

        Assert.Equal("waits: the disk is full", await told.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("the disk is full", loop.Waits);

        journal.IsFull = false;
        await EndAsync(loop);
        Assert.Null(loop.Waits);
    }

    [Fact]
    public async Task What_a_failed_step_made_goes_before_the_journal_is_waited_for_because_it_may_be_what_fills_the_disk()
    {
        using var journal = new FullJournal();
        await using var loop = Loop(journal, new Runs(_ => { journal.IsFull = true; throw new IOException("no space"); }), _ => journal.IsFull = false);
        loop.Start();

        Assert.Equal("no space", (await EndAsync(loop)).Because);
    }

    [Fact]
    public async Task An_abort_breaks_off_a_step_that_has_filled_the_disk_and_does_not_end()
    {
        using var journal = new FullJournal();
        var filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var loop = Loop(
            journal,
            new Runs(async token =>
            {
                journal.IsFull = true;
                filled.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(token);
            }),
            _ => journal.IsFull = false);
        loop.Start();
        await filled.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.True(loop.Wish(new(RolloutEventKind.AbortAsked, "ana asked to abort")));

        Assert.Equal("ana asked to abort", (await EndAsync(loop)).Because);
    }

    [Fact]
    public async Task A_step_that_began_under_another_daemon_is_counted_from_where_that_one_began()
    {
        using var journal = new FullJournal();
        var planned = Planned();
        planned = planned with { Counted = new(100, 3, 1, 0), Steps = planned.Steps.SetItem(1, planned.Steps[1] with { State = StepState.Going, StartedAt = planned.StartedAt }) };
        await using var loop = Loop(journal, new Throws(new IOException("gone")), planned: planned, meter: new Counted(requests: 816, failures: 5));
        loop.Start();

        var ended = await EndAsync(loop);

        Assert.Equal(new TrafficFigures(716, 2, 0, 0), ended.Steps[1].Traffic);
        Assert.Equal(816, ended.Counted!.Requests);
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static async Task<RolloutRecord> EndOfAsync(Exception fault)
    {
        using var journal = new FullJournal();
        await using var loop = Loop(journal, new Throws(fault));
        loop.Start();
        return await EndAsync(loop);
    }

    private static async Task<RolloutRecord> EndAsync(RolloutLoop loop)
    {
        var ended = await loop.Ended.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(RolloutPhase.Failed, ended.Phase);
        return ended;
    }

    private static RolloutRecord Planned() =>
        Tests.Planning.Rollouts.Planned() with { StartedAt = TimeProvider.System.GetUtcNow(), Deadline = TimeProvider.System.GetUtcNow().AddMinutes(10) };

    private static RolloutLoop Loop(FullJournal journal, IStepRunner fetch, Action<RolloutMaterial>? discard = null, RolloutRecord? planned = null, ITrafficMeter? meter = null)
    {
        var book = new RolloutBook(journal, NullLogger.Instance);
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [], [], []);
        var material = new RolloutMaterial(null, [], stack, [], []);
        planned ??= Planned();
        book.Begin(planned, material);
        var steps = new StepRunners(new Dictionary<StepKind, IStepRunner> { [StepKind.Fetch] = fetch });
        return new(planned, material, new(book, steps, new(meter ?? new NoTraffic()), RolloutMachine.Next, TimeProvider.System, NullLogger.Instance, discard));
    }

    private sealed class FullJournal : IJournal
    {
        private readonly MemoryJournal _journal = new();

        public volatile bool IsFull;

        public ImmutableSortedDictionary<string, string> Read(string kind) => _journal.Read(kind);

        public void Commit(JournalBatch batch)
        {
            if (IsFull)
            {
                throw new JournalException("the disk is full");
            }

            _journal.Commit(batch);
        }

        public ImmutableArray<JournalEvent> Events(long afterId, int limit) => _journal.Events(afterId, limit);

        public void Dispose() => _journal.Dispose();
    }

    private sealed class Runs(Func<CancellationToken, Task> work) : IStepRunner
    {
        public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
        {
            await work(token);
            return StepOutcome.Done("done");
        }
    }

    private sealed class Counted(long requests, long failures) : ITrafficMeter
    {
        public ServiceTraffic? Read(ServiceName service) => service == Tests.Planning.Rollouts.Api
            ? new(ImmutableDictionary<string, EndpointTraffic>.Empty.Add("a", new(requests, failures, [])), 0, TimeSpan.FromSeconds(1), TimeSpan.Zero)
            : null;

        public Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token) => Task.CompletedTask;
    }

    private sealed class Throws(Exception fault) : IStepRunner
    {
        public Task<StepOutcome> RunAsync(StepContext context, CancellationToken token) => throw fault;
    }

    internal sealed class NoTraffic : ITrafficMeter
    {
        public ServiceTraffic? Read(ServiceName service) => null;

        public Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token) => Task.CompletedTask;
    }
}
