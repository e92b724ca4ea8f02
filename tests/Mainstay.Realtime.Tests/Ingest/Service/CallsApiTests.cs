using System.Text;
using System.Text.Json.Nodes;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Realtime.Tests.Ingest.Dialects;
using Mainstay.Realtime.Tests.Ingest.Outbox;

namespace Mainstay.Realtime.Tests.Ingest.Service;

public sealed class CallsApiTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Right = $"Bearer {Token}";

    private static readonly AuthPolicy s_exotel = new()
    {
        Methods = [AuthMethod.Basic, AuthMethod.SignedUrl],
        Basic = [new("exotel", "right")],
        SignedUrl = new(Dialect.Exotel.Route, Secret.OfText(Token)),
    };

    private static readonly string s_basic = "Basic " + Convert.ToBase64String("exotel:right"u8);

    private readonly string _folder = Directory.CreateTempSubdirectory("mi-").FullName;
    private readonly ScriptedBroker _broker = new();

    public CallsApiTests() => _broker.Up();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_the_token_in_the_settings_there_are_no_such_routes_and_without_it_in_the_request_no_answers()
    {
        await using var closed = Ingest(t => t with { CallsToken = null });
        Assert.Equal(404, (await closed.SendAsync(HttpMethod.Get, "/v1/calls", null, Right)).Status);
        await using var ingest = Ingest();
        Assert.Equal(401, (await ingest.SendAsync(HttpMethod.Get, "/v1/calls", null, null)).Status);
        Assert.Equal(401, (await ingest.SendAsync(HttpMethod.Post, "/v1/calls/ca1/clear", null, "Bearer x")).Status);
        Assert.Equal((200, """{"calls":[]}"""), await ingest.SendAsync(HttpMethod.Get, "/v1/calls", null, Right));
        Assert.Equal(404, (await ingest.SendAsync(HttpMethod.Post, "/v1/calls/ca1/clear", null, Right)).Status);
        Assert.Equal(405, (await ingest.SendAsync(HttpMethod.Delete, "/v1/calls/ca1/clear", null, Right)).Status);
        Assert.Equal(413, (await ingest.SendAsync(HttpMethod.Post, "/v1/calls/ca1/media", new byte[CallPlayer.MaxWaiting + 1], Right)).Status);
    }

    [Fact]
    public async Task A_call_hears_audio_marks_and_clears_also_when_another_process_is_asked()
    {
        await using var ingest = Ingest();
        await using var other = Ingest(broker: new());
        using var call = await ingest.ConnectAsync($"{Dialect.Exotel.Route}?ticket={Ticket()}");
        await call.TextAsync(DialectMessages.ExotelStart);
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Any(r => r.Topic == "audio_events"));

        Assert.Equal(202, (await other.SendAsync(HttpMethod.Post, "/v1/calls/ca1/media", [1, 2, 3, 4], Right)).Status);
        Assert.Equal(202, (await other.SendAsync(HttpMethod.Post, "/v1/calls/ca1/mark", """{"name":"m1"}"""u8.ToArray(), Right)).Status);
        Assert.Equal(202, (await ingest.SendAsync(HttpMethod.Post, "/v1/calls/ca1/clear?stream=st1", null, Right)).Status);
        Assert.Equal(400, (await other.SendAsync(HttpMethod.Post, "/v1/calls/ca1/mark", """{"name":7}"""u8.ToArray(), Right)).Status);
        Assert.Equal(400, (await other.SendAsync(HttpMethod.Post, "/v1/calls/ca1/media", [], Right)).Status);
        Assert.Equal(404, (await other.SendAsync(HttpMethod.Post, "/v1/calls/ca1/clear?stream=st2", null, Right)).Status);
        Assert.Equal("ca1", (string)Assert.Single(JsonNode.Parse((await other.SendAsync(HttpMethod.Get, "/v1/calls", null, Right)).Body)!["calls"]!.AsArray())!["call"]!);
        var media = (await call.NextAsync())!;
        Assert.Equal([1, 2, 3, 4, .. new byte[3196]], Convert.FromBase64String((string)media["media"]!["payload"]!));
        Assert.Equal("""{"event":"mark","stream_sid":"st1","mark":{"name":"m1"}}""", (await call.NextAsync())!.ToJsonString());
        Assert.Equal("""{"event":"clear","stream_sid":"st1"}""", (await call.NextAsync())!.ToJsonString());
    }

    [Fact]
    public async Task The_socket_of_a_process_that_is_dead_is_removed()
    {
        await using var ingest = Ingest();
        var dead = Path.Combine(_folder, "calls", "1-00000000.sock");
        using (var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(dead));
            File.Move(dead, dead + "x");
        }

        File.Move(dead + "x", dead);
        Assert.Equal(404, (await ingest.SendAsync(HttpMethod.Post, "/v1/calls/ca1/clear", null, Right)).Status);
        Assert.False(File.Exists(dead));
    }

    [Fact]
    public async Task Exotel_gets_a_url_for_each_call_when_it_proves_who_it_is()
    {
        await using var ingest = Ingest();
        Assert.Equal(401, (await ingest.SendAsync(HttpMethod.Get, "/v1/ingest/exotel/url", null, null)).Status);
        Assert.Equal(401, (await ingest.SendAsync(HttpMethod.Get, $"/v1/ingest/exotel/url?ticket={Ticket()}", null, null)).Status);
        var (status, body) = await ingest.SendAsync(HttpMethod.Post, "/v1/ingest/exotel/url?CallSid=x&sample-rate=16000", Encoding.UTF8.GetBytes("x"), s_basic);
        var url = (string)JsonNode.Parse(body)!["url"]!;
        Assert.Equal(200, status);
        Assert.Matches(@"^wss://voice\.example\.com/v1/ingest/exotel\?ticket=v1\.[^&]+&sample-rate=16000$", url);
        using var call = await ingest.ConnectAsync(new Uri(url).PathAndQuery);
    }

    [Fact]
    public async Task Without_a_name_of_the_server_or_another_proof_there_are_no_such_urls()
    {
        await using var nameless = Ingest(t => t with { PublicUrl = null });
        Assert.Equal(404, (await nameless.SendAsync(HttpMethod.Get, "/v1/ingest/exotel/url", null, s_basic)).Status);
        await using var open = Ingest(t => t with { Routes = [(Dialect.Exotel, s_exotel with { Methods = [AuthMethod.SignedUrl] })] });
        Assert.Equal(404, (await open.SendAsync(HttpMethod.Get, "/v1/ingest/exotel/url", null, s_basic)).Status);
    }

    private static string Ticket() => SignedUrl.MakeTicket(s_exotel.SignedUrl!, null, null, DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));

    private IngestUnderTest Ingest(Func<TelephonyOptions, TelephonyOptions>? change = null, ScriptedBroker? broker = null)
    {
        var telephony = new TelephonyOptions { Routes = [(Dialect.Exotel, s_exotel)], CallsToken = Secret.OfText(Token), PublicUrl = "wss://voice.example.com", Drain = TimeSpan.Zero };
        return new(broker ?? _broker, _folder, o => o with { Telephony = change?.Invoke(telephony) ?? telephony });
    }
}
