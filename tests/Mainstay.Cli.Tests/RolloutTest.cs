using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Tests;

/// <summary>A folder with a manifest to deploy, and daemons that answer as they do for rollouts.</summary>
public abstract class RolloutTest : CommandTest
{
    protected const string Manifest = """
        stack: tailtown
        services:
          api: { command: [ sh, -c, "sleep 1" ] }
          web: { command: [ sh, -c, "sleep 1" ], depends_on: [ api ] }
        """;

    protected RolloutTest()
    {
        // Long enough after noon for what is under way to have an age.
        Time = new AfternoonClock();
        Environment["USER"] = "ada";
    }

    private protected static OperationMessage Step(string because) => new(Step: new(RolloutSamples.Noon, "api", null, null, null, because));

    private protected static OperationMessage Result(ExitCode code, string summary, params FailureReport[] failures) => new(Result: new(code, summary, [], [.. failures]));

    /// <summary>Answers a stream to whatever is posted, and these rollouts to whoever looks.</summary>
    private protected FakeDaemon Daemon(ImmutableArray<RolloutRecord> known, params OperationMessage[] messages) => FakeDaemon.Start(Home, async exchange =>
    {
        if (exchange.Method == "GET")
        {
            await exchange.JsonAsync(200, new(Asked(exchange.Target, known)), WireJson.Default.RolloutsDocument);
            return;
        }

        await exchange.BeginStreamAsync();
        foreach (var message in messages)
        {
            await exchange.LineAsync(message, WireJson.Default.OperationMessage);
        }

        await exchange.EndStreamAsync();
    });

    /// <summary>Ctrl-C once the command has shown <paramref name="shown"/> of the message; the daemon never comes to a result.</summary>
    private protected async Task<CommandResult> InterruptedAsync(string shown, OperationMessage message, params string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        using var output = new SignallingWriter(shown);
        using var error = new StringWriter();
        await using var daemon = FakeDaemon.Start(Home, async exchange =>
        {
            if (exchange.Method == "GET")
            {
                await exchange.JsonAsync(200, new([RolloutSamples.Under]), WireJson.Default.RolloutsDocument);
                return;
            }

            await exchange.BeginStreamAsync();
            await exchange.LineAsync(message, WireJson.Default.OperationMessage);
            await Task.Delay(Timeout.Infinite, exchange.Killed);
        });

        var command = CliRole.RunAsync(args, HostFor(output, error) with { Interrupted = interrupt.Token });
        await output.Seen;
        await interrupt.CancelAsync();
        return new(await command, output.ToString(), error.ToString());
    }

    private static ImmutableArray<RolloutRecord> Asked(string target, ImmutableArray<RolloutRecord> known)
    {
        var (key, value) = target.Split('?', '=') is [_, var k, var v] ? (k, int.Parse(v)) : ("", 0);
        return key switch
        {
            "number" => [.. known.Where(r => r.Number == value)],
            "limit" => [.. known.Take(value)],
            _ => known,
        };
    }

    private sealed class AfternoonClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => RolloutSamples.Noon.AddMinutes(5);
    }
}
