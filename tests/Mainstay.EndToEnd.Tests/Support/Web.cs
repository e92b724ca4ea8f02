using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mainstay.EndToEnd.Tests.Support;

/// <summary>Asks one address as a browser or script would, following nothing and hiding nothing.</summary>
internal static class Web
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    public static async Task<Answer> GetAsync(int port, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        return await SendAsync(request, headers);
    }

    public static async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, TestContext.Current.CancellationToken);
        return new(response.StatusCode, response.Version, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The version that the service behind this path says it is.</summary>
    public static async Task<string> VersionAsync(int port, string path = "/") => (await GetAsync(port, path)).Json["version"]!.GetValue<string>();

    public static async Task<int> StatusAsync(int port, string path = "/") => (int)(await GetAsync(port, path)).Status;
}

/// <summary>An HTTP answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, Version Http, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Text)!;
            }
            catch (JsonException)
            {
                throw new Harness.Processes.HarnessException($"not JSON: {(int)Status} {Text}");
            }
        }
    }

    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}
