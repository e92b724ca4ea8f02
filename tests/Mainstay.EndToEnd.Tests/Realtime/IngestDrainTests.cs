using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>The process is replaced on purpose: callers are told to come back, do, and lose nothing.</summary>
[Collection(nameof(Alone))]
public sealed class IngestDrainTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("reload")]
    [InlineData("restart")]
    public async Task Every_caller_gets_a_drain_and_1012_comes_back_and_loses_nothing(string command)
    {
        await using var stack = await IngestStack.UpAsync();
        var calls = IngestCall.Begin(stack, 10);
        foreach (var call in calls)
        {
            await call.GoesOnAsync(10);
        }

        var foreign = IngestForeignClient.CallAsync(stack, "node", "foreign", 11, 100_000, new() { ["gap"] = 20, ["resume"] = true, ["more"] = 30, ["stop"] = true });
        await stack.BeginsAsync("foreign");
        var before = await stack.ProcessAsync();

        (await stack.Home.RunAsync(command, "ingest")).MustExit(0);

        await Eventually.TrueAsync("the old process is gone", () => !before.IsAlive, s_limit);
        foreach (var call in calls)
        {
            await call.GoesOnAsync(20);
            await call.MustBeStoredAsync();
            MustHaveBeenDrained(call.Endings);
            await call.DisposeAsync();
        }

        var seen = await foreign;
        Assert.Equal((1012, 1000), (seen.Closes[0]["code"]!.GetValue<int>(), seen.Closes[^1]["code"]!.GetValue<int>()));
        await stack.MustHoldAsync("foreign", seen.Session, seen.Frames, number => IngestCall.Frame(11, number, 3200));
    }

    [Fact]
    public async Task The_process_ends_in_time_also_when_clients_never_answer()
    {
        await using var stack = await IngestStack.UpAsync();
        List<ClientWebSocket> mute = [];
        try
        {
            for (var i = 0; i < 10; i++)
            {
                mute.Add(await MuteAsync(stack, $"mute-{i}"));
            }

            await using var call = IngestCall.Begin(stack, "int-1");
            await call.GoesOnAsync(10);
            var before = await stack.ProcessAsync();
            var began = Stopwatch.GetTimestamp();

            (await stack.Home.RunAsync("restart", "ingest")).MustExit(0);

            Assert.False(before.IsAlive);
            Assert.True(Stopwatch.GetElapsedTime(began) < s_limit, $"it took {Stopwatch.GetElapsedTime(began)}");
            Assert.Contains((await stack.Home.LogsAsync("ingest")), line => line.Contains("drained", StringComparison.OrdinalIgnoreCase));
            await call.MustBeStoredAsync();
        }
        finally
        {
            mute.ForEach(m => m.Dispose());
        }
    }

    /// <summary>A client that starts, sends, and from then on neither reads nor answers.</summary>
    private static async Task<ClientWebSocket> MuteAsync(IngestStack stack, string interaction)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {stack.Token(interaction)}");
        await socket.ConnectAsync(stack.Url, TestContext.Current.CancellationToken);
        var start = new JsonObject { ["event"] = "start", ["interaction_id"] = interaction, ["tenant_id"] = "tenant-a", ["sample_rate"] = 16000, ["encoding"] = "pcm16" };
        await socket.SendAsync(Encoding.UTF8.GetBytes(start.ToJsonString()), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        await socket.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            await socket.SendAsync(new byte[3200], WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
        }

        return socket;
    }

    private static void MustHaveBeenDrained(ImmutableList<Ending> endings)
    {
        var drained = endings[0];
        Assert.True(drained is { Code: 1012, RetryAfter: not null }, string.Join(", ", endings));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"retry_ms={drained.RetryAfter.Value.TotalMilliseconds:0};resume=1"), drained.Reason);
        Assert.InRange(drained.RetryAfter.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        Assert.Equal(1000, endings[^1].Code);
    }
}
