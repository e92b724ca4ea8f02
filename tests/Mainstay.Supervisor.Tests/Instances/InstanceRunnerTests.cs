using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Adoption;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Stacks;
using Mainstay.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Supervisor.Tests.Instances;

public class InstanceRunnerTests
{
    [Fact]
    public async Task An_exit_fits_into_a_mailbox_that_is_full_of_orders_and_a_lost_order_is_told()
    {
        var handled = new List<InstanceEventKind>();
        var world = new Surroundings((state, e) =>
        {
            handled.Add(e.Kind);
            return new(state, [], "noted");
        });
        var runner = world.Runner(Policies.In(InstancePhase.Running));
        for (var i = 0; i < 1000; i++)
        {
            runner.Post(InstanceEvent.StopAsked("a stop was asked"));
        }

        runner.Post(InstanceEvent.Exited(4, new(1, null), 0));
        runner.Start();
        await runner.DisposeAsync();

        Assert.Contains(InstanceEventKind.Exited, handled);
        Assert.Contains("api-1 has more in its mailbox than it can hold; one StopAsked was lost", world.Lines);
        Assert.DoesNotContain(world.Lines, line => line.Contains("Exited", StringComparison.Ordinal));
    }

    /// <summary>Just enough around one runner.</summary>
    private sealed class Surroundings(Func<InstanceState, InstanceEvent, Transition> decide) : IInstanceWatcher, ILogger
    {
        public List<string> Lines { get; } = [];

        public InstanceRunner Runner(InstanceState state)
        {
            var journal = new MemoryJournal();
            var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
            var ports = new SupervisorPorts(null!, null!, null!, null!, null!, null!, null!, journal, time, new Random(1), NullLoggerFactory.Instance, _ => null!);
            var options = new SupervisorOptions { BootId = "boot", HostEnvironment = _ => ImmutableSortedDictionary<string, string>.Empty };
            var clock = HomeClock.Resume(journal, time, "boot", TimeSpan.Zero);
            var context = new RunnerContext(ports, options, new Ledger(journal, time, this), clock, new Chance(new Random(1)), (state, e, _, _) => decide(state, e), this, this);
            var spec = new ServiceSpec(
                new("api"),
                new(["program"], Shell: false, SourceSpan.None),
                "/srv",
                1,
                new(PortKind.None),
                ImmutableSortedDictionary<string, string>.Empty,
                [],
                null,
                [],
                null,
                Policies.Restart,
                new(null, null, null, null),
                new("SIGTERM", TimeSpan.FromSeconds(5)),
                null,
                LogsSpec.Default,
                RolloutSpec.None,
                SourceSpan.None);
            return new("api-1#1", 0, new("shop", spec, 1, "r1", spec.Environment, Policies.Probed), new(state, null, null, null, 1), context);
        }

        public void Changed(InstanceRunner runner)
        {
        }

        public void Happened(OperationStep step)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
