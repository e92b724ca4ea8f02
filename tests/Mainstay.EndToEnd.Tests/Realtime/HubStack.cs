using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A hub with the edge in front, and the key that its clients' tokens are signed with.</summary>
internal sealed class HubStack : IAsyncDisposable
{
    private const string Everything = """{"subscribe":["*"],"publish":["*"],"watch":["*"],"ask":["*/*"]}""";

    private readonly HttpClient _http = new();

    private HubStack(MainstayHome home, RSA key, int port) => (Home, Key, Port) = (home, key, port);

    public MainstayHome Home { get; }

    public RSA Key { get; }

    public int Port { get; }

    /// <param name="settings">More of the environment, as in a manifest.</param>
    public static async Task<HubStack> UpAsync(string settings = "")
    {
        var (key, port) = (RSA.Create(2048), FreePort.Take());
        var stack = new HubStack(MainstayHome.Create($$"""
            stack: tills
            edge: { listen: [ "http://127.0.0.1:{{port}}" ] }
            services:
              hub:
                kind: hub
                environment:
                  JWT_PUBLIC_KEY: "{{key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n")}}"
                  HUB_BRANCH_RATE: "10000"
                  HUB_TARGET_RATE: "10000"
                  {{settings}}
            routes: [ { path: /, service: hub } ]

            """), key, port);
        try
        {
            await stack.Home.UpAsync();
            await stack.ServesAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public Task ServesAsync() => Eventually.BecomesAsync("the hub is healthy", HealthAsync, status => status == 200, show: status => $"{status}");

    public string Token(string role, string name, string branch = "north") => IngestToken.Signed(
        Key, $$"""{"role":"{{role}}","sub":"{{name}}","branch":"{{branch}}","hub":{{Everything}},"exp":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600}} }""");

    public async Task KillHubAsync()
    {
        await MainstayHome.KillAsync((await Home.StatusAsync())["hub"].Only.Process.Pid);
        await ServesAsync();
    }

    public HubForeignClient Device(string id = "till-1", string branch = "north", JsonObject? more = null, string client = "node") =>
        HubForeignClient.Start(this, client, Token("device", id, branch), new() { ["device"] = new JsonObject { ["id"] = id } }, more);

    public HubForeignClient Backend(string client, JsonObject? more = null, JsonObject? hello = null, string branch = "north") =>
        HubForeignClient.Start(this, client, Token("backend", "shop", branch), hello ?? [], more);

    public async Task<(int Status, JsonNode Body)> AskAsync(string key, string more = "", string branch = "north", string device = "till-1", int wait = 20)
    {
        var (status, body) = await PostAsync($"/_hub/devices/{device}/requests", $$"""{"op":"print","data":{"text":"hello"}{{more}} }""", branch, ("Idempotency-Key", key), ("Prefer", $"wait={wait}"));
        return (status, body);
    }

    public async Task<(int Status, JsonNode Body)> PostAsync(string path, string body, string branch = "north", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token("backend", "shop", branch));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private async Task<int> HealthAsync()
    {
        try
        {
            return await Web.StatusAsync(Port, "/health");
        }
        catch (HttpRequestException)
        {
            // The edge is not there yet.
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Home.DisposeAsync();
        Key.Dispose();
    }
}
