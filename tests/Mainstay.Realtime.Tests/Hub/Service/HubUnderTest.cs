using System.Net.Http.Headers;
using System.Text;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Realtime.Serving;
using Mainstay.Realtime.Tests.Auth;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>A hub on a folder and a free port of its own, running.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    public const string Origin = "https://app.example.com";

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _now = new();
    private readonly HubService _service;
    private Task _running = Task.CompletedTask;
    private bool _ended;

    private HubUnderTest(HubService service) => _service = service;

    public int Port => _service.Port;

    public HttpClient Http { get; } = new();

    /// <summary>Many requests a minute may be asked, unless a test says otherwise.</summary>
    public static async Task<HubUnderTest> StartAsync(string folder, TimeProvider? time = null, Func<HubLimits, HubLimits>? limits = null, ServingLimits? serving = null, string licences = "", string map = "", string webhook = "", EngineLimits? engine = null)
    {
        var (options, problems) = HubOptions.Read(new Dictionary<string, string>
        {
            ["PORT"] = "1",
            ["MAINSTAY_DATA"] = folder,
            ["JWT_SECRET"] = Forge.SecretText,
            ["ALLOWED_ORIGINS"] = Origin,
            ["HUB_LICENCES"] = licences,
            ["HUB_SOCKETIO_MAP"] = map,
            ["HUB_WEBHOOK_URL"] = webhook,
            ["HUB_WEBHOOK_SECRET"] = WebhookReceiver.Secret,
            ["HUB_BRANCH_RATE"] = "10000",
            ["HUB_TARGET_RATE"] = "10000",
        });
        Assert.Empty(problems);
        var hub = new HubUnderTest(new(options! with { Port = 0, Limits = limits?.Invoke(options.Limits) ?? options.Limits, Serving = serving ?? new(), Engine = engine ?? new() }, new NoFetcher(), time ?? TimeProvider.System, new Random(1), NullLoggerFactory.Instance));
        hub._running = hub._service.RunAsync(hub._stop.Token, hub._now.Token);
        await Task.WhenAny(hub._service.Started, hub._running);
        if (hub._running.IsCompleted)
        {
            await hub._running;
        }

        hub.Http.BaseAddress = new($"http://127.0.0.1:{hub.Port}");
        return hub;
    }

    /// <summary>A token that is good for this hub, far into the future.</summary>
    public static string Token(string role, string sub, string branch = "north", string hub = """{"subscribe":["*"],"publish":["*"],"watch":["*"],"ask":["*/*"]}""", long exp = 4102444800) =>
        Forge.Hs256($$"""{"sub":"{{sub}}","role":"{{role}}","branch":"{{branch}}","exp":{{exp}},"hub":{{hub}}}""");

    public Task<HubPeer> DeviceAsync(string id = "till-1", string branch = "north", string? resume = null) =>
        HubPeer.JoinAsync(this, Token("device", id, branch), $$"""{"t":"hello","device":{"id":"{{id}}","kind":"till","caps":["cancel"]}{{resume}}}""");

    public Task<HubPeer> BackendAsync(string branch = "north", string resume = "") => HubPeer.JoinAsync(this, Token("backend", "shop", branch), $$"""{"t":"hello"{{resume}}}""");

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token("backend", "shop"));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request);
    }

    /// <summary>Ends as asked.</summary>
    public async Task DrainAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Ends at once: nobody is told anything, as with kill -9.</summary>
    public async Task KillAsync()
    {
        if (!_ended)
        {
            _ended = true;
            await _now.CancelAsync();
            try
            {
                await _running;
            }
            catch (OperationCanceledException)
            {
                // That is how it ends.
            }

            await _service.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
        _stop.Dispose();
        _now.Dispose();
    }

    private sealed class NoFetcher : IJwksFetcher
    {
        public Task<byte[]> FetchAsync(Uri url, CancellationToken token) => throw new HttpRequestException("there is none");
    }
}
