using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Ingest.Http;

/// <summary>The way back into a call, for the programs behind: audio, marks and an end to what is being played (docs/wire/telephony.md).</summary>
/// <param name="token">Whoever has it may speak into every call.</param>
internal sealed class CallsApi(OpenCalls calls, CallPeers peers, Secret token)
{
    public const string Route = "/v1/calls";

    private const int MaxBody = CallPlayer.MaxWaiting;
    private const int MaxName = 200;

    private readonly byte[] _digest = SHA256.HashData(token.Bytes);

    public async Task AnswerAsync(HttpContext http)
    {
        var parts = (http.Request.Path.Value ?? "").TrimEnd('/').Split('/');
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!IsAllowed(authorization))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await Answers.ProblemAsync(http, 401, "unauthorized", "the bearer token is missing or wrong");
        }
        else if (parts.Length == 3 && http.Request.Method == "GET")
        {
            await ListAsync(http, authorization);
        }
        else if (parts is not [_, _, _, var call, "media" or "mark" or "clear"])
        {
            await Answers.ProblemAsync(http, 404, DoorCode.NoRoute, "there are GET /v1/calls, and POST /v1/calls/{call}/media, mark and clear");
        }
        else if (http.Request.Method != "POST")
        {
            http.Response.Headers.Allow = "POST";
            await Answers.ProblemAsync(http, 405, "no_method", "this route takes POST");
        }
        else if (await RequestBody.ReadAsync(http.Request, MaxBody, http.RequestAborted) is not { } body)
        {
            await Answers.ProblemAsync(http, 413, "too_long", $"a body may have {MaxBody} bytes");
        }
        else if (Find(call, http.Request.Query["stream"]) is { } found)
        {
            await ActAsync(http, found, parts[4], body);
        }
        else if (!IsFromPeer(http) && await peers.AskAsync("POST", http.Request.Path + http.Request.QueryString.Value, authorization, body, http.RequestAborted) is var (status, json))
        {
            await Answers.WriteAsync(http, status, json);
        }
        else
        {
            await Answers.ProblemAsync(http, 404, "no_call", "there is no such call");
        }
    }

    /// <summary>Else two processes would ask each other for ever.</summary>
    private static bool IsFromPeer(HttpContext http) => http.Connection.LocalIpAddress is null;

    private static async Task ActAsync(HttpContext http, CallConnection call, string what, byte[] body)
    {
        switch (what)
        {
            case "media" when body.Length == 0:
                await Answers.ProblemAsync(http, 400, "no_audio", "the body is the audio, in the encoding of the call");
                return;
            case "media" when !call.Play(player => player.Play(body)):
                await Answers.ProblemAsync(http, 413, "too_much_waits", $"{CallPlayer.MaxWaiting} bytes of audio may wait; clear them, or wait until they were heard");
                return;
            case "mark" when Name(body) is not { } name:
                await Answers.ProblemAsync(http, 400, "bad_mark", $"the body is a JSON object with a name of 1 to {MaxName} characters");
                return;
            case "mark":
                call.Play(player =>
                {
                    player.Mark(Name(body)!);
                    return true;
                });
                break;
            case "clear":
                call.Clear();
                break;
        }

        await Answers.WriteAsync(http, 202, """{"status":"accepted"}""");
    }

    private async Task ListAsync(HttpContext http, string authorization)
    {
        var all = new JsonArray([.. calls.All.Where(c => c.Info is not null).OrderBy(c => c.Began).Select(c => (JsonNode)new JsonObject
        {
            ["call"] = c.Info!.Call,
            ["stream"] = c.Info.Stream,
            ["dialect"] = c.Dialect.Name,
            ["tenant_id"] = c.Tenant,
            ["from"] = c.Info.From,
            ["to"] = c.Info.To,
            ["encoding"] = c.Info.Encoding,
            ["sample_rate"] = c.Info.SampleRate,
            ["began"] = c.Began.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["frames"] = c.Frames,
        })]);
        if (!IsFromPeer(http))
        {
            await foreach (var (status, json) in peers.AnswersAsync("GET", Route, authorization, [], http.RequestAborted))
            {
                foreach (var theirs in status == 200 ? JsonNode.Parse(json)!["calls"]!.AsArray() : [])
                {
                    all.Add(theirs!.DeepClone());
                }
            }
        }

        await Answers.WriteAsync(http, 200, new JsonObject { ["calls"] = all }.ToJsonString());
    }

    /// <summary>Of several sockets of one call, the one that is named, or the youngest.</summary>
    private CallConnection? Find(string call, string? stream)
    {
        var name = Uri.UnescapeDataString(call);
        return calls.All.Where(c => c.Info is { } info && info.Call == name && (string.IsNullOrEmpty(stream) || info.Stream == stream)).MaxBy(c => c.Began);
    }

    private bool IsAllowed(string authorization)
    {
        const string scheme = "Bearer ";
        return authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim())), _digest);
    }

    private static string? Name(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject json && json["name"] is JsonValue value && value.TryGetValue(out string? name) && name.Length <= MaxName && Identity.IsName(name) ? name : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
