using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Mainstay.Realtime.Tests.Hub.Service;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

/// <summary>Who gets in by Socket.IO, what is refused and how, and how it ends.</summary>
public sealed class SocketIoHubTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("EIO=4&transport=polling", """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("", """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("EIO=4&transport=websocket&sid=abc", """{"code":1,"message":"Session ID unknown"}""")]
    [InlineData("EIO=4&transport=websocket", """{"code":3,"message":"Bad request"}""")]
    public async Task What_is_no_websocket_is_told_so_in_the_words_of_the_library(string query, string body)
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var answer = await hub.SendAsync(method, "/socket.io/?" + query);
            Assert.Equal((HttpStatusCode.BadRequest, body), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task Another_version_and_a_foreign_page_are_refused_before_there_is_a_socket()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await Assert.ThrowsAsync<WebSocketException>(() => SocketIoPeer.OpenAsync(hub, "EIO=3&transport=websocket"));
        await Assert.ThrowsAsync<WebSocketException>(() => SocketIoPeer.OpenAsync(hub, origin: "https://evil.example.com"));
        using var page = await SocketIoPeer.JoinAsync(hub, HubUnderTest.Token("web", "anna"), HubUnderTest.Origin);
    }

    [Fact]
    public async Task What_auth_says_of_itself_counts_for_nothing()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, map: EventMapFileTests.Printing);
        var (till, page) = (HubUnderTest.Token("device", "till-1"), HubUnderTest.Token("web", "anna"));
        (string Auth, string Message)[] cases =
        [
            ("{}", "no_credentials"),
            ("""{"token":"not.a.token"}""", "token_malformed"),
            ($$"""{"token":"{{HubUnderTest.Token("device", "till-1", exp: 1000)}}"}""", "expired"),
            ($$"""{"token":"{{till}}","branchId":"south"}""", "not_allowed"),
            ($$"""{"token":"{{till}}","deviceId":"till-2"}""", "not_allowed"),
            ($$"""{"token":"{{till}}","userRole":"branch_manager"}""", "not_allowed"),
            ($$"""{"token":"{{till}}","userRole":"emperor"}""", "not_allowed"),
            ($$"""{"token":"{{page}}","userRole":"desktop_app"}""", "not_allowed"),
            ($$"""{"token":"{{page}}","deviceId":"anna"}""", "not_allowed"),
            ($$"""{"token":"{{till}}","branchId":"a/b"}""", "bad_field"),
        ];
        foreach (var (auth, message) in cases)
        {
            using var peer = await SocketIoPeer.OpenAsync(hub, origin: HubUnderTest.Origin);
            await peer.SendAsync("40/printing-ws," + auth);
            Assert.StartsWith($$"""44/printing-ws,{"message":"{{message}}","data":{"code":"{{message}}",""", await peer.NextAsync(), StringComparison.Ordinal);
        }

        using var good = await SocketIoPeer.OpenAsync(hub);
        await good.SendAsync("40{}");
        Assert.Equal("""44{"message":"Invalid namespace"}""", await good.NextAsync());
        await good.SendAsync($$"""40/printing-ws,{"token":"{{till}}","branchId":"north","deviceId":"till-1","userRole":"desktop_app"}""");
        Assert.StartsWith("40/printing-ws,{\"sid\":\"", await good.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_till_on_socket_io_is_asked_like_any_other_and_does_it_once()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, map: EventMapFileTests.Printing);
        using var till = await SocketIoPeer.OpenAsync(hub);
        await till.SendAsync($$"""40/printing-ws,{"token":"{{HubUnderTest.Token("device", "till-1")}}"}""");
        await till.NextAsync();
        Assert.StartsWith("""42/printing-ws,["desktop:connected",{"success":true,""", await till.NextAsync(), StringComparison.Ordinal);
        await using var shop = await hub.BackendAsync();
        foreach (var id in (string[])["1", "2"])
        {
            await shop.SendAsync($$$"""{"t":"req","id":"{{{id}}}","to":"device:till-1/p1","op":"print:physical","key":"k","data":{"a":1}}""");
            if (id == "1")
            {
                Assert.Matches("""^42/printing-ws,0\["print:physical",\{"a":1,"printerId":"p1","correlationId":"[0-9a-f]+\.1","idempotencyKey":"k"\}\]$""", await till.NextAsync());
                await shop.NextAsync("upd", u => u.Text("state") == "accepted");
                await till.SendAsync("""43/printing-ws,0[{"success":true}]""");
            }

            Assert.Equal("{\"success\":true}", (await shop.NextAsync("upd", u => u.Text("state") == "done")).GetProperty("data").GetRawText());
        }

        await shop.SendAsync("""{"t":"req","id":"3","to":"device:till-1","op":"dance","key":"d"}""");
        Assert.Equal("unknown_op", (await shop.NextAsync("upd", u => u.Text("state") == "failed")).GetProperty("error").Text("code"));
        await till.SendAsync("2");
        Assert.Equal("3", await till.NextAsync());
    }

    [Fact]
    public async Task A_replaced_connection_is_told_not_to_come_back_and_a_drained_one_is_not()
    {
        var hub = await HubUnderTest.StartAsync(_folder);
        var token = HubUnderTest.Token("device", "till-1");
        using var first = await SocketIoPeer.JoinAsync(hub, token);
        using var second = await SocketIoPeer.JoinAsync(hub, token);
        Assert.Equal(("41", null, 4001), (await first.NextAsync(), await first.NextAsync(), first.CloseCode));
        var drained = hub.DrainAsync();
        Assert.StartsWith("42[\"hub\",{\"t\":\"drain\"", await second.NextAsync(), StringComparison.Ordinal);
        Assert.Equal((null, 1012), (await second.NextAsync(), second.CloseCode));
        await drained;
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task Nonsense_is_answered_so_often_and_then_closed()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { MaxBadMessages = 3 });
        using var peer = await SocketIoPeer.JoinAsync(hub, HubUnderTest.Token("backend", "shop"));
        await peer.SendAsync("42[1]");
        Assert.StartsWith("42[\"hub\",{\"t\":\"err\",\"code\":\"bad_message\"", await peer.NextAsync(), StringComparison.Ordinal);
        await peer.SendAsync("""427["nobody"]""");
        Assert.StartsWith("437[{\"t\":\"err\",\"id\":\"sio:1\",\"code\":\"unknown_kind\"", await peer.NextAsync(), StringComparison.Ordinal);
        await peer.SendAsync("x");
        Assert.Equal((null, 1008), (await peer.NextAsync(), peer.CloseCode));
    }

    [Fact]
    public async Task A_licence_is_as_good_as_a_token_for_its_own_till()
    {
        var (key, path) = (new string('k', 40), Path.Combine(_folder, "licences"));
        await File.WriteAllTextAsync(path, $"north till-1 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}\n");
        await using var hub = await HubUnderTest.StartAsync(_folder, licences: path, map: EventMapFileTests.Printing);
        foreach (var (device, answer) in ((string, string)[])[("till-1", "40/printing-ws,{\"sid\""), ("till-2", "44/printing-ws,{\"message\":\"not_allowed\"")])
        {
            using var till = await SocketIoPeer.OpenAsync(hub);
            await till.SendAsync($$"""40/printing-ws,{"licenseKey":"{{key}}","deviceId":"{{device}}","userRole":"desktop_app"}""");
            Assert.StartsWith(answer, await till.NextAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_answers_no_ping_and_who_says_too_much_at_once_is_closed()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, engine: new() { PingInterval = TimeSpan.FromMilliseconds(100), PingTimeout = TimeSpan.FromMilliseconds(100) });
        using var mute = await SocketIoPeer.JoinAsync(hub, HubUnderTest.Token("backend", "shop"));
        Assert.Equal(("2", null, 3008), (await mute.NextAsync(), await mute.NextAsync(), mute.CloseCode));
        using var loud = await SocketIoPeer.OpenAsync(hub);
        await loud.SendAsync("42[\"" + new string('a', 300 * 1024) + "\"]");
        while (await loud.NextAsync() is "2")
        {
            // Pings come all the while.
        }

        Assert.Equal(1009, loud.CloseCode);
    }
}
