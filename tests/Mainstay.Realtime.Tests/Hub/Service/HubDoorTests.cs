using System.Net.WebSockets;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Who gets in, and how connections end.</summary>
public sealed class HubDoorTests : IDisposable
{
    private const string Hello = """{"t":"hello"}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_handshake_says_of_itself_counts_for_nothing()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        var device = HubUnderTest.Token("device", "till-1");
        (string? Token, string Hello, int Code)[] cases =
        [
            (null, Hello, 3000),
            (null, """{"t":"hello","token":"not.a.token"}""", 3000),
            (null, $$"""{"t":"hello","token":"{{HubUnderTest.Token("backend", "shop", exp: 1000)}}"}""", 3000),
            (device, """{"t":"hello","device":{"id":"till-2"}}""", 3003),
            (device, Hello, 3003),
            (HubUnderTest.Token("backend", "shop"), """{"t":"hello","device":{"id":"till-1"}}""", 3003),
            (HubUnderTest.Token("backend", "shop"), """{"t":"hello","branch":"south"}""", 3003),
            (HubUnderTest.Token("admin", "shop"), Hello, 3003),
            (HubUnderTest.Token("backend", "shop", "a/b"), Hello, 3003),
            (HubUnderTest.Token("backend", "shop", hub: """{"ask":["*"]}"""), Hello, 3003),
        ];
        foreach (var (token, hello, code) in cases)
        {
            await using var peer = await HubPeer.OpenAsync(hub, token);
            await peer.SendAsync(hello);
            await peer.EndedAsync();
            Assert.Equal(code, peer.CloseCode);
            Assert.DoesNotContain(peer.Rest(), m => m.Is("welcome"));
        }
    }

    [Fact]
    public async Task Nothing_comes_before_the_welcome_and_errors_come_in_the_order_of_what_they_are_about()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var peer = await HubPeer.OpenAsync(hub, HubUnderTest.Token("backend", "shop"));
        string[] said = [Hello, "nonsense", Hello, """{"t":"bogus","id":"b"}"""];
        foreach (var text in said)
        {
            await peer.SendAsync(text);
        }

        Assert.Equal(["welcome", "bad_message", "hello_twice", "unknown_kind"], (await peer.UntilPongAsync()).Select(m => m.Is("err") ? m.Text("code") : m.Text("t")));
    }

    [Fact]
    public async Task A_web_token_needs_a_page_of_the_list_and_other_tokens_need_none()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        var web = HubUnderTest.Token("web", "anna");
        await using var page = await HubPeer.JoinAsync(hub, web, Hello, HubUnderTest.Origin);
        Assert.Equal("Web:anna@north", page.Welcome.Text("client"));
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, web, "https://evil.example.com"));
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, web));
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, null, "https://evil.example.com"));

        // The token in hello is looked at with the page that made the handshake.
        await using var late = await HubPeer.OpenAsync(hub);
        await late.SendAsync($$"""{"t":"hello","token":"{{web}}"}""");
        await late.EndedAsync();
        Assert.Equal(3000, late.CloseCode);
        await using var shop = await HubPeer.OpenAsync(hub);
        await shop.SendAsync($$"""{"t":"hello","token":"{{HubUnderTest.Token("backend", "shop")}}"}""");
        await shop.NextAsync("welcome");
    }

    [Fact]
    public async Task A_licence_lets_its_device_in_and_nobody_else_until_it_is_withdrawn()
    {
        var (key, path) = (new string('k', 40), Path.Combine(_folder, "licences"));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
        await File.WriteAllTextAsync(path, $"# tills\nnorth till-1 {hash}\n");
        await using var hub = await HubUnderTest.StartAsync(_folder, licences: path);
        await using var till = await HubPeer.JoinAsync(hub, key, """{"t":"hello","device":{"id":"till-1"}}""");
        Assert.Equal("Device:till-1@north", till.Welcome.Text("client"));
        await using var other = await HubPeer.OpenAsync(hub, key);
        await other.SendAsync("""{"t":"hello","device":{"id":"till-2"}}""");
        await other.EndedAsync();
        Assert.Equal(3003, other.CloseCode);
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, new string('x', 40)));
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, key, "https://evil.example.com"));
        await File.WriteAllTextAsync(path, "# none\n");
        await Assert.ThrowsAsync<WebSocketException>(() => HubPeer.OpenAsync(hub, key));
        await till.EndedAsync();
        Assert.Equal(3000, till.CloseCode);
    }

    [Fact]
    public async Task Who_says_nothing_in_time_is_closed_and_who_talks_nonsense_too()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { HelloWithin = TimeSpan.FromMilliseconds(50), MaxBadMessages = 5 });
        await using var silent = await HubPeer.OpenAsync(hub);
        await silent.EndedAsync();
        Assert.Equal(3008, silent.CloseCode);
        await using var shop = await hub.BackendAsync();
        for (var i = 0; i < 4; i++)
        {
            await shop.SendAsync("""{"t":"nonsense","id":"x"}""");
            Assert.Equal("unknown_kind", (await shop.NextAsync("err")).Text("code"));
        }

        await shop.SendAsync("[]");
        await shop.EndedAsync();
        Assert.Equal(1008, shop.CloseCode);
    }

    [Fact]
    public async Task A_drain_tells_everybody_when_to_come_back_and_closes_with_1012()
    {
        var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"req","id":"1","to":"device:till-1","op":"print","key":"k"}""");
        await shop.NextAsync("upd", u => u.Text("state") == "sent");
        await hub.DrainAsync();
        foreach (var peer in (HubPeer[])[till, shop])
        {
            Assert.InRange((await peer.NextAsync("drain")).GetProperty("retry_ms").GetInt32(), 250, 1000);
            await peer.EndedAsync();
            Assert.Equal(1012, peer.CloseCode);
            Assert.Matches(@"^retry_ms=\d+;resume=1$", peer.CloseReason);
        }

        await hub.DisposeAsync();
        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var again = await next.BackendAsync();
        await again.SendAsync("""{"t":"req","id":"1","to":"device:till-1","op":"print","key":"k"}""");
        Assert.Equal("unsure", (await again.NextAsync("upd")).Text("state"));
    }

    [Fact]
    public async Task A_connection_ends_when_its_token_does()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);

        // A minute of skew is granted; this one has a second of it left.
        var token = HubUnderTest.Token("backend", "shop", exp: TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 58);
        await using var shop = await HubPeer.JoinAsync(hub, token, Hello);
        await shop.EndedAsync();
        Assert.Equal(3000, shop.CloseCode);
    }
}
