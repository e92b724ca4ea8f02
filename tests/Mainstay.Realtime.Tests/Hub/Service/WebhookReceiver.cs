using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Somebody's webhook: takes notices, or refuses them for a while, and checks who they come from.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly RealtimeServer _server;
    private readonly Channel<JsonElement> _notices = Channel.CreateUnbounded<JsonElement>();
    private volatile int _answer = 200;
    private int _tries;

    private WebhookReceiver() => _server = new(0, (_, _) => throw new InvalidOperationException("there are no sockets here"), TakeAsync, new(), TimeProvider.System, NullLoggerFactory.Instance);

    public string Url => $"http://127.0.0.1:{_server.Port}/notices";

    /// <summary>What it answers.</summary>
    public int Answer
    {
        set => _answer = value;
    }

    public int Tries => Volatile.Read(ref _tries);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver._server.StartAsync(default);
        return receiver;
    }

    public async Task<JsonElement> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _notices.Reader.ReadAsync(patience.Token);
    }

    public bool IsEmpty => !_notices.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        Interlocked.Increment(ref _tries);
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var signature = http.Request.Headers[Webhook.SignatureHeader].ToString();
        var time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(signature.Split(',')[0][2..], System.Globalization.CultureInfo.InvariantCulture));
        var signed = signature == new Webhook(new(Url), Secret).Sign(body.ToArray(), time);
        http.Response.StatusCode = signed ? _answer : 401;
        if (http.Response.StatusCode == 200)
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(body.ToArray()));
            Assert.Equal(http.Request.Headers[Webhook.IdHeader].ToString(), document.RootElement.Text("id"));
            _notices.Writer.TryWrite(document.RootElement.Clone());
        }
    }
}
