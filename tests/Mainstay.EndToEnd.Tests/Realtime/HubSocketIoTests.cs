using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Programs on npm's socket.io-client, unchanged, at a hub behind the edge.</summary>
public sealed class HubSocketIoTests
{
    private static readonly string[] s_websocket = ["websocket"];
    private static readonly string[] s_both = ["websocket", "polling"];

    [Fact]
    public async Task A_till_and_a_page_of_a_printing_gateway_work_as_they_are()
    {
        await using var stack = await SocketIoStack.UpAsync(printing: true);
        await using var till = Till(stack, new() { ["print:physical"] = new JsonObject { ["success"] = true, ["pages"] = 2 } });
        Assert.Equal("websocket", (await till.NextAsync("connect"))!.GetValue<string>());
        Assert.Equal("Device:till-1@north", (await till.NextAsync("desktop:connected"))!["client"]!.GetValue<string>());
        await till.EmitAsync("printer:status:update", new JsonObject { ["printerId"] = "p1", ["status"] = "ready" });
        await till.NextAsync("ack printer:status:update");

        await using var page = Page(stack);
        await page.NextAsync("connect");
        var first = await page.NextAsync("printerStatusUpdate", list => list!.AsArray().Count > 0);
        Assert.Equal(("p1", "ready", true), (first![0]!["printerId"]!.GetValue<string>(), first[0]!["status"]!.GetValue<string>(), first[0]!["isOnline"]!.GetValue<bool>()));

        // A room: what is published comes to everybody who is in it, once.
        await page.EmitAsync("join:branch", new JsonObject { ["branchId"] = "somebody-elses" });
        Assert.True((await page.NextAsync("ack join:branch"))!["success"]!.GetValue<bool>());
        await page.EmitAsync("printJobUpdate", new JsonObject { ["updateId"] = "u1", ["state"] = "new" });
        Assert.Equal("new", (await page.NextAsync("printJobUpdate"))!["state"]!.GetValue<string>());

        // A request, asked twice by its key, and done once.
        for (var i = 0; i < 2; i++)
        {
            await page.EmitAsync("print:physical", new JsonObject { ["deviceId"] = "till-1", ["printerId"] = "p1", ["jobId"] = "order-1", ["bytes"] = new JsonArray(1, 2, 3) }, bytes: "bytes");
            var end = await page.NextAsync("ack print:physical");
            Assert.Equal(("done", 2), (end!["state"]!.GetValue<string>(), end["data"]!["pages"]!.GetValue<int>()));
        }

        var job = await till.NextAsync("print:physical");
        Assert.Equal(("p1", "order-1", "AQID"), (job!["printerId"]!.GetValue<string>(), job["idempotencyKey"]!.GetValue<string>(), job["bytes"]!.GetValue<string>()));
        Assert.Equal(1, till.Count("print:physical"));

        await till.EmitAsync("end", null);
        Assert.False((await page.NextAsync("printerStatusUpdate"))![0]!["isOnline"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Who_says_of_itself_what_its_token_does_not_is_told_by_connect_error()
    {
        await using var stack = await SocketIoStack.UpAsync(printing: true);
        (JsonObject Auth, string Message)[] cases =
        [
            (new() { ["token"] = "no.such.token" }, "token_malformed"),
            (new(), "no_credentials"),
            (new() { ["token"] = stack.Token("device", "till-1"), ["branchId"] = "south" }, "not_allowed"),
            (new() { ["token"] = stack.Token("device", "till-1"), ["userRole"] = "branch_manager" }, "not_allowed"),
        ];
        foreach (var (auth, message) in cases)
        {
            await using var program = SocketIoProgram.Start(stack.Url + "/printing-ws", Options(auth, s_websocket));
            var heard = await program.HearAsync("connect_error");
            Assert.Equal((message, message), (heard[0]!.GetValue<string>(), heard[1]!["code"]!.GetValue<string>()));
            Assert.Equal(0, program.Count("connect"));
        }
    }

    [Fact]
    public async Task A_client_that_only_polls_is_told_that_there_is_no_such_transport()
    {
        await using var stack = await SocketIoStack.UpAsync(printing: false);
        await using var program = SocketIoProgram.Start(stack.Url, Options(new() { ["token"] = stack.Token("backend", "shop") }, ["polling"]));
        Assert.Equal("xhr poll error", (await program.NextAsync("connect_error"))!.GetValue<string>());
        var answer = await Web.GetAsync(stack.Port, "/socket.io/?EIO=4&transport=polling");
        Assert.Equal((400, """{"code":0,"message":"Transport unknown"}"""), ((int)answer.Status, answer.Json.ToJsonString()));
    }

    [Fact]
    public async Task A_hub_that_is_killed_costs_a_reconnect_and_no_job_is_done_twice()
    {
        await using var stack = await SocketIoStack.UpAsync(printing: true);
        await using var till = Till(stack, []);
        await using var page = Page(stack);
        await till.NextAsync("connect");
        await page.NextAsync("connect");
        var job = new JsonObject { ["deviceId"] = "till-1", ["printerId"] = "p1", ["jobId"] = "order-1" };
        await page.EmitAsync("print:job", job.DeepClone());
        var id = (await till.NextAsync("print:job"))!["correlationId"]!.GetValue<string>();
        await till.EmitAsync("print:job:started", new JsonObject { ["correlationId"] = id });
        await till.NextAsync("ack print:job:started");

        await stack.KillAsync();

        Assert.Equal("transport close", (await till.NextAsync("disconnect"))!.GetValue<string>());
        await till.NextAsync("connect");
        await page.NextAsync("connect");

        // The page asks again; the till says now what it did meanwhile.
        await page.EmitAsync("print:job", job.DeepClone());
        await page.NextAsync("ack print:job");
        await till.EmitAsync("print:job:completed", new JsonObject { ["correlationId"] = id, ["pages"] = 1 });
        await till.NextAsync("ack print:job:completed");
        await page.EmitAsync("print:job", job.DeepClone());
        Assert.Equal("done", (await page.NextAsync("ack print:job"))!["state"]!.GetValue<string>());
        Assert.Equal(1, till.Count("print:job"));
    }

    [Fact]
    public async Task Without_a_map_the_hub_speaks_for_itself_and_a_till_is_asked_what_it_did()
    {
        await using var stack = await SocketIoStack.UpAsync(printing: false);
        await using var till = SocketIoProgram.Start(
            stack.Url,
            Options(new() { ["token"] = stack.Token("device", "till-1") }, s_both),
            new() { ["$status"] = new JsonObject { ["ok"] = true, ["data"] = new JsonObject { ["state"] = "done", ["data"] = 42 } } });
        await using var shop = SocketIoProgram.Start(stack.Url, Options(new() { ["token"] = stack.Token("backend", "shop") }, s_both));
        await till.NextAsync("connect");
        await shop.NextAsync("connect");
        var ask = new JsonObject { ["t"] = "req", ["to"] = "device:till-1", ["op"] = "print", ["key"] = "order-1" };
        await shop.EmitAsync("hub", ask.DeepClone());
        var id = (await till.NextAsync("hub", m => m!["t"]!.GetValue<string>() == "req"))!["id"]!.GetValue<string>();
        await till.EmitAsync("hub", new JsonObject { ["t"] = "ack", ["id"] = id });
        await shop.NextAsync("hub", m => m!["t"]!.GetValue<string>() == "upd" && m["state"]!.GetValue<string>() == "accepted");

        await stack.KillAsync();

        await till.NextAsync("connect");
        await shop.NextAsync("connect");
        await shop.EmitAsync("hub", ask.DeepClone());
        var end = await shop.NextAsync("ack hub");
        Assert.Equal(("done", 42), (end!["state"]!.GetValue<string>(), end["data"]!.GetValue<int>()));
        var questions = await till.NextAsync("hub", m => m!["t"]!.GetValue<string>() == "req");
        Assert.Equal("$status", questions!["op"]!.GetValue<string>());
    }

    private static SocketIoProgram Till(SocketIoStack stack, JsonObject answers) => SocketIoProgram.Start(
        stack.Url + "/printing-ws",
        Options(new() { ["token"] = stack.Token("device", "till-1"), ["branchId"] = "north", ["companyId"] = 1, ["deviceId"] = "till-1", ["instanceId"] = "i", ["userRole"] = "desktop_app", ["appVersion"] = "1.2" }, s_both),
        answers);

    private static SocketIoProgram Page(SocketIoStack stack)
    {
        var options = Options(new() { ["token"] = stack.Token("web", "anna"), ["branchId"] = "north", ["userRole"] = "branch_manager" }, s_both);
        options["extraHeaders"] = new JsonObject { ["Origin"] = SocketIoStack.Origin };
        return SocketIoProgram.Start(stack.Url + "/printing-ws", options);
    }

    private static JsonObject Options(JsonObject auth, string[] transports) => new() { ["auth"] = auth, ["transports"] = new JsonArray([.. transports.Select(t => (JsonNode)t)]) };
}
