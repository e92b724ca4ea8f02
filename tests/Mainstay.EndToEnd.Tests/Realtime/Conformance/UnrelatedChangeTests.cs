using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What is changed beside the hub and ingest closes none of their connections.</summary>
[Collection(nameof(Alone))]
public sealed class UnrelatedChangeTests(ConformanceStack stack) : IClassFixture<ConformanceStack>
{
    private const int OfEach = 5;
    private const string Route = "  - { path: /more, service: other }";

    /// <summary>What else the manifest says, and what is done then.</summary>
    private static readonly (string Environment, string Routes, string Edge, string[] Command)[] s_changes =
    [
        ("{ GREETING: one }", "", "", ["up"]),
        ("{ GREETING: two }", "", "", ["up"]),
        ("{ GREETING: two }", Route, "", ["up"]),
        ("{ GREETING: two }", Route.Replace(" }", ", timeout: 5s }", StringComparison.Ordinal), "", ["up"]),
        ("{ GREETING: two }", "", ", trusted_proxies: [ 10.0.0.0/8 ]", ["up"]),
        ("{ GREETING: two }", "", "", ["reload", "other"]),
        ("{ GREETING: two }", "", "", ["restart", "other"]),
        ("{ GREETING: three }", Route, "", ["deploy", "other"]),
    ];

    [Fact]
    public async Task No_connection_of_the_hub_or_of_ingest_notices_that_something_else_is_changed()
    {
        var repository = await SourceRepository.CreateAsync(Path.Combine(stack.Home.Root, "repo"));
        await ChangeAsync(repository, "{}", "", "", "deploy", "other");
        var before = await stack.Home.StatusAsync();
        List<(RawSocket Socket, Speaker Speaker)> open = [];
        try
        {
            foreach (var service in Enumerable.Repeat("hub", OfEach).Concat(Enumerable.Repeat("ingest", OfEach)))
            {
                var speaker = stack.Speaker(service);
                open.Add((await Conversation.OpenAsync(stack.EdgePort, speaker, TestContext.Current.CancellationToken), speaker));
            }

            foreach (var (environment, routes, edge, command) in s_changes)
            {
                await repository.CommitVersionAsync(command[0]);
                await ChangeAsync(repository, environment, routes, edge, command);
                foreach (var (socket, speaker) in open)
                {
                    await MustLiveAsync(socket, speaker, $"{string.Join(' ', command)} with {environment}{routes}{edge}");
                }
            }
        }
        finally
        {
            open.ForEach(o => o.Socket.Dispose());
        }

        var after = await stack.Home.StatusAsync();
        Assert.NotEqual(before["other"].Only.Pid, after["other"].Only.Pid);
        Assert.Equal((before["hub"].Only.Pid, before["ingest"].Only.Pid), (after["hub"].Only.Pid, after["ingest"].Only.Pid));
    }

    private async Task ChangeAsync(SourceRepository repository, string environment, string routes, string edge, params string[] command)
    {
        var other = $$"""
              other:
                command: [ node, server.js ]
                source: { git: "{{repository.Path}}", ref: main }
                environment: {{environment}}
                healthcheck: { http: /health, interval: 500ms, timeout: 2s, retries: 3, start_period: 15s, start_interval: 50ms }
                stop: { grace: 5s }
                deploy: { bake: 1s }
            """;
        stack.Home.Declare(stack.Manifest(other, routes, edge));
        (await stack.Home.RunAsync(ReleasedApp.Patience, command)).MustExit(0);
    }

    /// <summary>One more message is answered on it.</summary>
    private static async Task MustLiveAsync(RawSocket socket, Speaker speaker, string change)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        await socket.WriteAsync(Wire.Frame(speaker.Opcode, speaker.Message(200)), patience.Token);
        while (true)
        {
            var frame = await socket.ReadFrameAsync(patience.Token);
            Assert.True(frame is not null, $"{speaker.Path} was cut by {change}");
            Assert.True(frame.Opcode != Wire.Close, $"{speaker.Path} was closed by {change}: {frame.Text}");
            if (frame.Opcode == Wire.Text && JsonNode.Parse(frame.Text) is { } said && ((string?)said["t"] == "evt" || (string?)said["event"] == "ack"))
            {
                return;
            }
        }
    }
}
