using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Carriers that are not ours: who may call, what is stored of a call, what it hears, and that a process which ends lets it end first.</summary>
public sealed class TelephonyTests
{
    private const string CallsToken = "0123456789abcdef0123456789abcdef";

    private const string Settings = $"""
        EXOTEL_AUTH: "basic, signed_url"
              TWILIO_AUTH: basic
              BASIC_AUTH: "carrier:right-and-long-enough"
              SIGNING_KEY: "fedcba9876543210fedcba9876543210"
              PUBLIC_URL: "wss://voice.example.com"
              SUPPORT_EXOTEL: "true"
              CALLS_TOKEN: "{CallsToken}"
        """;

    private static readonly string s_right = Basic("carrier:right-and-long-enough");
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task Nobody_calls_without_proof_of_who_he_is()
    {
        await using var stack = await IngestStack.UpAsync(Settings);
        foreach (var (path, authorization, status) in ((string, string?, int)[])[
            ("/v1/ingest/exotel", null, 401), ("/v1/ingest/exotel", Basic("any:any"), 401), ("/v1/ingest/exotel?path=/v1/ingest/exotel", null, 401), ("/v1/ingest/exotel?ticket=v1.9999999999...x", null, 401),
            ("/v1/ingest/twilio", null, 401), ("/v1/ingest/twilio", Basic("carrier:wrong"), 401), ("/v1/ingest/twilio", $"Bearer {stack.Token("c")}", 401),
            ("/v1/ingest/telnyx", s_right, 404), ("/v1/ingest", null, 401), ("/v1/ingest", Basic("any:any"), 401)])
        {
            var heard = await CallAsync(stack, "exotel", path, "c", 1, 1, authorization);
            Assert.Equal((path, status), (path, heard["status"]?.GetValue<int>()));
        }

        Assert.Equal(0L, await stack.Redis.AskAsync("EXISTS", "audio_events"));
    }

    [Theory]
    [InlineData("exotel", "/v1/ingest/exotel", 3200, "pcm16", 16000)]
    [InlineData("exotel", "/v1/ingest", 3200, "pcm16", 16000)]
    [InlineData("twilio", "/v1/ingest/twilio", 160, "mulaw", 8000)]
    public async Task What_a_carrier_sends_is_stored_to_the_byte_whatever_it_is_wrapped_in(string dialect, string path, int size, string encoding, int rate)
    {
        await using var stack = await IngestStack.UpAsync(Settings);
        var heard = await CallAsync(stack, dialect, path, "call-1", 100, size, s_right, seed: 3);

        Assert.Equal(1000, heard["code"]!.GetValue<int>());
        var stored = (await stack.StoredAsync("call-1")).OrderBy(f => f.Seq).ToList();
        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), stored.Select(f => f.Seq));
        Assert.All(stored, f => Assert.Equal(("acc-1", encoding, rate), (f.Tenant, f.Encoding, f.SampleRate)));
        Assert.All(stored, f => Assert.True(f.Audio.AsSpan().SequenceEqual(IngestCall.Frame(3, f.Seq, size)), $"frame {f.Seq}"));
        Assert.Equal(10, (await stack.HealthAsync())["malformedMessages"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_carrier_hears_what_is_sent_into_its_call_in_pieces_that_it_can_play()
    {
        await using var stack = await IngestStack.UpAsync(Settings);
        var calling = CallAsync(stack, "exotel", "/v1/ingest/exotel", "call-1", 40, 3200, s_right, gap: 100);
        await stack.BeginsAsync("call-1");
        var speech = IngestCall.Frame(9, 1, 10_000);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(stack, HttpMethod.Post, "/v1/calls/call-1/media", speech, token: "wrong")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(stack, HttpMethod.Post, "/v1/calls/call-2/media", speech)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(stack, HttpMethod.Post, "/v1/calls/call-1/media", speech)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(stack, HttpMethod.Post, "/v1/calls/call-1/mark", """{"name":"said"}"""u8.ToArray())).Status);
        Assert.Equal("call-1", Assert.Single((await SendAsync(stack, HttpMethod.Get, "/v1/calls", null)).Json["calls"]!.AsArray())!["call"]!.GetValue<string>());
        var heard = await calling;

        Assert.Equal([3200, 3200, 3200, 3200], heard["bytes"]!.AsArray().Select(b => b!.GetValue<int>()));
        Assert.Equal([.. speech, .. new byte[2800]], Convert.FromBase64String(heard["audio"]!.GetValue<string>()));
        Assert.Equal("mark", heard["events"]!.AsArray()[^1]!.GetValue<string>());
        var events = await stack.Redis.EntriesAsync("audio_events");
        Assert.Contains(events, e => e.Any(word => word.AsSpan().SequenceEqual("said"u8)));
    }

    [Fact]
    public async Task Exotel_gets_a_url_whose_ticket_opens_its_route()
    {
        await using var stack = await IngestStack.UpAsync(Settings);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Web.GetAsync(stack.Port, "/v1/ingest/exotel/url")).Status);
        var url = (await Web.GetAsync(stack.Port, "/v1/ingest/exotel/url", ("Authorization", s_right))).Json["url"]!.GetValue<string>();
        Assert.StartsWith("wss://voice.example.com/v1/ingest/exotel?ticket=", url, StringComparison.Ordinal);
        var heard = await CallAsync(stack, "exotel", new Uri(url).PathAndQuery, "call-1", 5, 3200, null);

        Assert.Equal(1000, heard["code"]!.GetValue<int>());
        Assert.Equal(5, (await stack.StoredAsync("call-1")).Length);
    }

    [Fact]
    public async Task A_process_that_is_asked_to_end_keeps_its_call_until_the_carrier_stops()
    {
        await using var stack = await IngestStack.UpAsync(Settings);
        var calling = CallAsync(stack, "exotel", "/v1/ingest/exotel", "call-1", 40, 3200, s_right, gap: 50);
        await stack.BeginsAsync("call-1");
        var process = await stack.ProcessAsync();
        Assert.True(process.Send(Signal.Term));
        await Eventually.BecomesAsync("it drains", async () => (await stack.Home.LogsAsync("ingest")).Any(line => line.Contains("stay until they end", StringComparison.Ordinal)), drains => drains, show: _ => "");
        var heard = await calling;

        Assert.Equal(1000, heard["code"]!.GetValue<int>());
        var stored = await stack.StoredAsync("call-1");
        Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), stored.Select(f => f.Seq).Order());
        await Eventually.TrueAsync("the process is gone", () => !process.IsAlive, s_deadline);
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static async Task<JsonNode> CallAsync(IngestStack stack, string dialect, string path, string call, int frames, int size, string? authorization, int seed = 1, int gap = 0)
    {
        var about = new JsonObject
        {
            ["url"] = $"ws://127.0.0.1:{stack.Port}{path}",
            ["dialect"] = dialect,
            ["call"] = call,
            ["stream"] = $"stream-{call}",
            ["frames"] = frames,
            ["size"] = size,
            ["seed"] = seed,
            ["gap"] = gap,
            ["headers"] = authorization is null ? [] : new JsonObject { ["Authorization"] = authorization },
        };
        var result = await Child.RunAsync(TestServices.PythonProgram, [Path.Combine(Repository.Root(), "tests/python/telephony.py"), about.ToJsonString()], Path.GetTempPath(), [], s_deadline);
        return JsonNode.Parse(result.MustExit(0).Out)!;
    }

    private static async Task<Answer> SendAsync(IngestStack stack, HttpMethod method, string path, byte[]? body, string token = CallsToken)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{stack.Port}{path}"));
        request.Content = body is null ? null : new ByteArrayContent(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Web.SendAsync(request);
    }
}
