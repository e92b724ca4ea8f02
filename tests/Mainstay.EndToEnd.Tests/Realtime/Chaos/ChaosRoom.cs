using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>A room: one who publishes over HTTP, each event under a key until it is confirmed, and one who listens on a socket and resumes behind what it has heard.</summary>
internal sealed class ChaosRoom : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly ChaosStack _stack;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _listening;
    private ImmutableList<PublishedSeen> _published = [];
    private ImmutableList<EventSeen> _heard = [];
    private ImmutableList<string> _faults = [];
    private volatile bool _isIn;

    public ChaosRoom(ChaosStack stack)
    {
        _stack = stack;
        _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = new($"http://127.0.0.1:{stack.Port}/"), Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stack.HubToken("backend", "newsroom"));
        _listening = Task.Run(ListenAsync);
    }

    public ImmutableList<string> Faults => Volatile.Read(ref _faults);

    public RoomSeen Seen => new([.. _published], [.. Volatile.Read(ref _heard)]);

    public Task IsInAsync() => Eventually.TrueAsync("the subscriber is in the room", () => _isIn);

    /// <summary>Before that there is nothing to resume from.</summary>
    public Task FlowsAsync() => Eventually.TrueAsync("the subscriber has heard something", () => !Volatile.Read(ref _heard).IsEmpty);

    public async Task PublishAsync(CancellationToken enough)
    {
        for (var number = 1; !enough.IsCancellationRequested; number++)
        {
            PublishedSeen? told;
            while ((told = await TryPublishAsync($"news-{number}")) is null && !enough.IsCancellationRequested)
            {
                await Task.Delay(s_pause, TimeProvider.System, CancellationToken.None);
            }

            if (told is not null)
            {
                Volatile.Write(ref _published, _published.Add(told));
            }

            await Task.Delay(s_pause, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Waits until the subscriber has heard the last event.</summary>
    public Task EndAsync(TimeSpan within) => Eventually.BecomesAsync(
        "the subscriber has heard the last event", () => Task.FromResult(Volatile.Read(ref _heard)), heard => _published.IsEmpty || heard.Any(e => e.Data == _published[^1].Data), within,
        heard => $"{heard.Count} of {_published.Count}; {string.Join(", ", _faults)}");

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _giveUp.Dispose();
        _http.Dispose();
    }

    private async Task<PublishedSeen?> TryPublishAsync(string data)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "_hub/rooms/news/events") { Content = new StringContent($$"""{"data":"{{data}}"}""", Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", data);
            using var response = await _http.SendAsync(request, CancellationToken.None);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            var said = JsonNode.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None))!;
            return new(data, (string)said["epoch"]!, said["offset"]!.GetValue<long>());
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private async Task ListenAsync()
    {
        while (!_giveUp.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("mainstay.hub.v1");
            socket.Options.SetRequestHeader("Authorization", $"Bearer {_stack.HubToken("backend", "reader")}");
            try
            {
                await socket.ConnectAsync(_stack.Hub, _giveUp.Token);
                await HelloAsync(socket);
                while (await HearAsync(socket) is { } said)
                {
                    Heard(said);
                }
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
            {
                // Cut off: it comes again.
            }

            await Task.Delay(s_pause, TimeProvider.System, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task HelloAsync(ClientWebSocket socket)
    {
        var hello = new JsonObject { ["t"] = "hello" };
        if (_heard.LastOrDefault() is { } last)
        {
            hello["resume"] = new JsonObject { ["session"] = "s", ["offsets"] = new JsonObject { ["news"] = FormattableString.Invariant($"{last.Epoch}:{last.Offset}") } };
        }

        await SayAsync(socket, hello);
        if (_heard.IsEmpty)
        {
            await SayAsync(socket, new() { ["t"] = "sub", ["id"] = "s", ["room"] = "news" });
        }
    }

    private void Heard(JsonNode said)
    {
        switch ((string?)said["t"])
        {
            case "evt":
                Volatile.Write(ref _heard, _heard.Add(new((string)said["data"]!, (string)said["epoch"]!, said["offset"]!.GetValue<long>())));
                break;
            case "welcome" when !_heard.IsEmpty && said["resumed"]?.GetValue<bool>() is not true:
                Volatile.Write(ref _faults, _faults.Add($"the subscriber could not resume: {said.ToJsonString()}"));
                break;
            case "ok":
                _isIn = true;
                break;
            case "err":
                Volatile.Write(ref _faults, _faults.Add($"the subscriber was told {said.ToJsonString()}"));
                break;
        }
    }

    private async Task SayAsync(ClientWebSocket socket, JsonObject message) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, _giveUp.Token);

    /// <summary>Null when the hub closes.</summary>
    private async Task<JsonNode?> HearAsync(ClientWebSocket socket)
    {
        var buffer = new byte[8192];
        var heard = await socket.ReceiveAsync(buffer, _giveUp.Token);
        return heard.MessageType is WebSocketMessageType.Close ? null : JsonNode.Parse(buffer.AsSpan(0, heard.Count));
    }
}
