using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What a client that is not ours is to do: each text when the one before was answered, then some bytes or a close.</summary>
internal sealed record Talk(Uri Url, string? Protocol, string Token, string[] Say, int? Binary = null)
{
    public const int CloseCode = 4321;

    /// <summary>A page can send no header.</summary>
    public JsonObject Json(bool isPage) => new()
    {
        ["url"] = isPage && Protocol is null ? $"{Url}?access_token={Token}" : Url.ToString(),
        ["protocols"] = Protocol is null ? null : isPage ? new JsonArray(Protocol, "bearer." + Token) : new JsonArray(Protocol),
        ["headers"] = new JsonObject { ["Authorization"] = $"Bearer {Token}" },
        ["say"] = new JsonArray([.. Say.Select(s => (JsonNode)s)]),
        ["close"] = CloseCode,
    };
}

/// <summary>What it saw.</summary>
/// <param name="Protocol">The subprotocol; empty for none.</param>
internal sealed record Seen(string[] Heard, string? Protocol, int Code, string? Fault = null)
{
    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Seen Read(string json) => JsonSerializer.Deserialize<Seen>(json, s_names)!;
}

/// <summary>The clients.</summary>
internal static class ForeignTalk
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(45);

    public static Task<Seen> HaveAsync(string client, Talk talk, int pagePort) => client switch
    {
        "node" => ByAsync("node", "tests/node/interop.js", talk),
        "python" => ByAsync(TestServices.PythonProgram, "tests/python/interop.py", talk),
        "dotnet" => ByDotnetAsync(talk),
        "chromium" => ByChromiumAsync(talk, pagePort),
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    };

    private static async Task<Seen> ByAsync(string program, string script, Talk talk)
    {
        var call = talk.Json(isPage: false);
        if (talk.Binary is { } bytes)
        {
            call["binary"] = bytes;
        }

        var result = await Child.RunAsync(program, [Path.Combine(Repository.Root(), script), call.ToJsonString()], Path.GetTempPath(), [], s_deadline);
        return Seen.Read(result.MustExit(0).Out);
    }

    private static async Task<Seen> ByDotnetAsync(Talk talk)
    {
        using var patience = new CancellationTokenSource(s_deadline);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {talk.Token}");
        if (talk.Protocol is { } protocol)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(talk.Url, patience.Token);
        List<string> heard = [];
        var buffer = new byte[64 * 1024];
        foreach (var text in talk.Say)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
            heard.Add(Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, patience.Token)).Count));
        }

        if (talk.Binary is { } bytes)
        {
            await socket.SendAsync(new byte[bytes], WebSocketMessageType.Binary, true, patience.Token);
            await socket.ReceiveAsync(buffer, patience.Token);
        }

        await socket.CloseAsync((WebSocketCloseStatus)Talk.CloseCode, "good bye", patience.Token);
        return new([.. heard], socket.SubProtocol, (int)(socket.CloseStatus ?? 0));
    }

    /// <summary>A page of an origin of its own does it, and posts what it saw.</summary>
    private static async Task<Seen> ByChromiumAsync(Talk talk, int pagePort)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{pagePort}/");
        listener.Start();
        var call = talk.Json(isPage: true);
        if (talk.Binary is { } bytes)
        {
            call["binary"] = bytes;
        }

        var folder = Directory.CreateTempSubdirectory("ms-page-");
        await using var browser = Child.Start("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={folder.FullName}", $"http://127.0.0.1:{pagePort}/"], "/", []);
        try
        {
            var page = (await File.ReadAllTextAsync(Path.Combine(Repository.Root(), "tests/node/interop.html"))).Replace("CALL", call.ToJsonString(), StringComparison.Ordinal);
            while (true)
            {
                var context = await listener.GetContextAsync().WaitAsync(s_deadline, TimeProvider.System, TestContext.Current.CancellationToken);
                if (context.Request.HttpMethod == "POST")
                {
                    using var reader = new StreamReader(context.Request.InputStream);
                    var seen = Seen.Read(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
                    context.Response.Close();
                    return seen;
                }

                context.Response.ContentType = "text/html";
                context.Response.StatusCode = context.Request.Url?.AbsolutePath == "/" ? 200 : 404;
                context.Response.Close(Encoding.UTF8.GetBytes(page), willBlock: false);
            }
        }
        finally
        {
            await EndAsync(browser);
            folder.Delete(recursive: true);
        }
    }

    /// <summary>With its helpers, which write into its folder to the last.</summary>
    private static async Task EndAsync(Child browser)
    {
        browser.Send(Signal.Term);
        await Eventually.TrueAsync("the browser has ended", () => browser.HasExited);
    }
}
