using System.Diagnostics;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>A service with thousands of clients ends: each is told so, and when to come back, and they do not come back all at once.</summary>
[Collection(nameof(Alone))]
public sealed class CrowdDrainTests(ConformanceStack stack) : IClassFixture<ConformanceStack>
{
    private const int Clients = 5_000;

    /// <summary>So many a second are let to return.</summary>
    private const int ReturningPerSecond = 500;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("hub")]
    [InlineData("ingest")]
    public async Task All_of_5000_clients_hear_drain_and_1012_are_told_to_return_one_after_the_other_and_do(string service)
    {
        await using var crowd = await Crowd.ComeAsync(stack, service, Clients);
        var before = (await stack.Home.StatusAsync())[service].Only.Process;
        var began = Stopwatch.GetTimestamp();

        var restart = stack.Home.RunAsync("restart", service);
        await Eventually.TrueAsync("the process has ended", () => !before.IsAlive, s_limit);
        var ended = Stopwatch.GetElapsedTime(began);
        (await restart).MustExit(0);

        var gone = await crowd.IsAsync("gone");
        TestContext.Current.TestOutputHelper?.WriteLine($"{service}: the process ended after {ended}; {gone}");
        Assert.True(gone.Closes.SequenceEqual([new("1012", Clients)]) && gone.Drained == Clients && gone.Unequal == 0, $"{gone}");

        // By chance a second may have some more.
        Assert.True(gone.Retries.All(n => (n ?? 0) <= ReturningPerSecond * 1.2), $"{gone}");
        var back = await crowd.IsAsync("back");
        TestContext.Current.TestOutputHelper?.WriteLine($"{back}");
    }
}
