using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Storage;
using Mainstay.Realtime.Tests.Ingest.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>The writer without sockets: what it does when a frame cannot be written.</summary>
public sealed class HubActorTests : IAsyncDisposable
{
    private static readonly HubMessage.Hello s_hello = new(null, null, new("till-1", null, null, []), null);

    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteHubStore _store;
    private readonly HubActor _actor;
    private Task _running = Task.CompletedTask;
    private int _ids;

    public HubActorTests()
    {
        _store = new(Path.Combine(_folder, "hub.db"), TimeProvider.System, NullLogger.Instance);
        _actor = new(new(_store, new(), () => (++_ids).ToString(CultureInfo.InvariantCulture), new(TimeProvider.System), NullLogger.Instance), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await _actor.DisposeAsync();
        _store.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_request_of_which_no_byte_could_be_written_waits_for_the_next_connection()
    {
        var (asker, deaf, till) = (new RecordingAsker(), new FakeDevice(1, refuses: "\"t\":\"req\""), new FakeDevice(2));
        await PostAsync(new HubInput.Joined(deaf, s_hello), new HubInput.Asked(asker, Shop, Print("k")));
        _running = _actor.RunAsync(_stop.Token);
        await OutboxUnderTest.UntilAsync(() => asker.States.LastOrDefault() is "queued" && asker.States.Count > 1);
        Assert.Equal(["queued", "sent", "unsure", "queued"], asker.States);
        await PostAsync(new HubInput.Joined(till, s_hello));
        await OutboxUnderTest.UntilAsync(() => till.Frames.Count == 2);
        Assert.Contains("welcome", till.Frames.First(), StringComparison.Ordinal);
        Assert.Contains("\"key\":\"k\"", till.Frames.Last(), StringComparison.Ordinal);
        Assert.Equal(HubClose.Replaced, deaf.Closed);
    }

    [Fact]
    public async Task A_device_that_comes_while_the_hub_drains_is_sent_away_and_its_requests_wait()
    {
        var (asker, before, late, drained) = (new RecordingAsker(), new FakeDevice(1), new FakeDevice(2), new TaskCompletionSource());
        await PostAsync(
            new HubInput.Joined(before, s_hello),
            new HubInput.Left(before),
            new HubInput.Asked(asker, Shop, Print("k")),
            new HubInput.DrainAsked(_ => TimeSpan.FromSeconds(1), drained),
            new HubInput.Joined(late, s_hello));
        _running = _actor.RunAsync(_stop.Token);
        await drained.Task;
        await OutboxUnderTest.UntilAsync(() => late.Closed is HubClose.Restart && asker.States.Count > 1 && asker.States.Last() is "queued");
        Assert.Equal(["queued", "sent", "unsure", "queued"], asker.States);
        Assert.Empty(late.Frames);
    }

    private static Identity Shop => Identity.In(new(IdentityKind.Backend, "shop", [new("north")], [], [], [], [new(NamePattern.Parse("*")!.Value, NamePattern.Parse("*")!.Value)]), null)!;

    private static HubMessage.Request Print(string key) =>
        new("1", "device:till-1", "print", Encoding.UTF8.GetBytes("{}"), key, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), null, null);

    private async Task PostAsync(params HubInput[] inputs)
    {
        foreach (var input in inputs)
        {
            await _actor.PostAsync(input, default);
        }
    }

    private sealed class RecordingAsker : IAsker
    {
        public ConcurrentQueue<string> States { get; } = [];

        public IHubClient? Client => null;

        public void Told(RequestRecord request) => States.Enqueue(request.Phase.Word());

        public void Refused(HubError error) => States.Enqueue(error.Code.Word());
    }

    private sealed class FakeDevice(long number, string? refuses = null) : IHubClient
    {
        public ConcurrentQueue<string> Frames { get; } = [];

        public HubClose? Closed { get; private set; }

        public long Number => number;

        public Identity Who { get; } = Identity.In(new(IdentityKind.Device, "till-1", [new("north")], [], [], [], []), null)!;

        public DeviceHello? Device => s_hello.Device;

        public string Session => $"s{number}";

        public bool Send(ReadOnlyMemory<byte> frame)
        {
            var text = Encoding.UTF8.GetString(frame.Span);
            if (refuses is not null && text.Contains(refuses, StringComparison.Ordinal))
            {
                return false;
            }

            Frames.Enqueue(text);
            return true;
        }

        public void Close(HubClose code, string reason) => Closed = code;
    }
}
