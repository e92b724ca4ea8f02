using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Realtime.Ingest.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Ingest.Service;

/// <summary>The service in this process, on a free port, with a broker that does what the test says.</summary>
internal sealed class IngestUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _soon = new();
    private readonly CancellationTokenSource _now = new();
    private readonly IngestService _service;
    private readonly HttpClient _http = new();
    private readonly Task _running;

    public IngestUnderTest(IBroker broker, string folder, Func<IngestOptions, IngestOptions>? change = null)
    {
        var options = new IngestOptions
        {
            Port = 0,
            Data = folder,
            Adapter = AdapterKind.Log,
            Auth = new AuthPolicy { Methods = [AuthMethod.None] },
            Policy = new(),
            Topic = "audio_stream",
            EventsTopic = "audio_events",
            Format = RecordFormat.Fields,
            Retention = TimeSpan.FromMinutes(10),
            SpoolBytes = 1 << 30,
            WhenFull = SpoolFull.Reject,
        };
        _service = new(change?.Invoke(options) ?? options, broker, new NoFetcher(), TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        _running = _service.RunAsync(new(_stop.Token, _soon.Token, _now.Token));
    }

    /// <summary>Fails when the service does.</summary>
    public Task Ended => _running;

    public async Task<string> TextAsync(string path) => await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_service.Port}{path}"));
    public int Port => _service.Port;

    public async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, byte[]? body, string? authorization)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{_service.Port}{path}"));
        request.Content = body is null ? null : new ByteArrayContent(body);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<IngestClient> ConnectAsync(string path = "/v1/ingest")
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new($"ws://127.0.0.1:{_service.Port}{path}"), CancellationToken.None);
        return new(socket);
    }

    public async Task<(int Status, JsonObject Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_service.Port}{path}"));
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }

    /// <summary>Returns when it has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _soon.CancelAsync();
        await _now.CancelAsync();
        if (!_running.IsFaulted)
        {
            await _running;
        }

        await _service.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
        _soon.Dispose();
        _now.Dispose();
    }

    private sealed class NoFetcher : IJwksFetcher
    {
        public Task<byte[]> FetchAsync(Uri url, CancellationToken token) => Task.FromException<byte[]>(new HttpRequestException("there is no network here"));
    }
}

/// <summary>A client that a test speaks for.</summary>
internal sealed class IngestClient(ClientWebSocket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    public WebSocketCloseStatus? Status => socket.CloseStatus;

    public string? Reason => socket.CloseStatusDescription;

    public Task TextAsync(string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task FrameAsync(params byte[] audio) => socket.SendAsync(audio, WebSocketMessageType.Binary, true, CancellationToken.None);

    public async Task<JsonObject> StartAsync(string interaction = "i1", string more = "")
    {
        await TextAsync($$"""{"event":"start","interaction_id":"{{interaction}}","tenant_id":"t1","sample_rate":16000,"encoding":"pcm16"{{more}}}""");
        return (await NextAsync())!;
    }

    /// <summary>The next message; null when the server has closed, which is answered.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var received = await socket.ReceiveAsync(_buffer, patience.Token);
        if (received.MessageType is WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            return null;
        }

        return JsonNode.Parse(_buffer.AsSpan(0, received.Count))!.AsObject();
    }

    /// <summary>Everything up to the close, as text.</summary>
    public async Task<List<string>> RestAsync()
    {
        var rest = new List<string>();
        while (await NextAsync() is { } message)
        {
            rest.Add(message.ToJsonString());
        }

        return rest;
    }

    public void Dispose() => socket.Dispose();
}
