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

    private static async Task<RolloutRecord> EndOfAsync(Exception fault)
    {
        using var journal = new MemoryJournal();
        var book = new RolloutBook(journal, NullLogger.Instance);
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [], [], []);
        var material = new RolloutMaterial(null, [], stack, [], []);
        var planned = Tests.Planning.Rollouts.Planned() with { StartedAt = TimeProvider.System.GetUtcNow(), Deadline = TimeProvider.System.GetUtcNow().AddMinutes(10) };
        book.Begin(planned, material);
        var steps = new StepRunners(new Dictionary<StepKind, IStepRunner> { [StepKind.Fetch] = new Throws(fault) });
        await using var loop = new RolloutLoop(planned, material, new(book, steps, new(new NoTraffic()), RolloutMachine.Next, TimeProvider.System, NullLogger.Instance));
        loop.Start();
        var ended = await loop.Ended.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(RolloutPhase.Failed, ended.Phase);
        return ended;
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
