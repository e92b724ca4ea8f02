using System.Net;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

/// <summary>A key is done once, whatever is killed.</summary>
public sealed class IdempotencyTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: once
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
        routes: [ { path: /, service: web, guards: { idempotency: {} } } ]

        """;

    [Fact]
    public async Task An_answer_is_there_after_the_edge_and_the_daemon_were_killed()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var first = await PostAsync("/say?text=paid", "k1");
        var before = await home.KillDaemonAsync();
        await MainstayHome.KillAsync(before.Edge.Pid!.Value);
        await home.BecomesAsync("another edge runs", s => s.Edge is { State: "running", Pid: { } pid } && pid != before.Edge.Pid);

        var again = await PostAsync("/say?text=paid", "k1");

        Assert.Equal((HttpStatusCode.OK, first.Text, "true"), (again.Status, again.Text, again.Headers["Idempotency-Replayed"]));
        Assert.Equal((HttpStatusCode)422, (await PostAsync("/say?text=more", "k1")).Status);
        Assert.Single(await home.LogsAsync("web"), line => line.EndsWith("paid", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_under_way_when_the_edge_was_killed_is_not_sent_again()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var first = PostAsync("/slow?say&ms=30000", "k1");
        await home.LogsShowAsync("web", "slow begins");
        var edge = (await home.StatusAsync()).Edge.Pid!.Value;
        await MainstayHome.KillAsync(edge);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => first);
        await home.BecomesAsync("another edge runs", s => s.Edge is { State: "running", Pid: { } pid } && pid != edge);

        var again = await PostAsync("/slow?say&ms=30000", "k1");

        Assert.Equal(((HttpStatusCode)409, "idempotency-outcome-unknown"), (again.Status, again.Headers["Mainstay-Error"]));
        Assert.Single(await home.LogsAsync("web"), line => line.EndsWith("slow begins", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_worker_before_is_still_at_is_in_progress_and_then_answered()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var first = PostAsync("/slow?say&ms=4000", "k1");
        await home.LogsShowAsync("web", "slow begins");
        (await home.RunAsync("edge", "reload")).MustExit(0);

        var meanwhile = await PostAsync("/slow?say&ms=4000", "k1");
        var answered = await first;
        var again = await Eventually.BecomesAsync("it is answered", () => PostAsync("/slow?say&ms=4000", "k1"), a => a.Status is HttpStatusCode.OK, show: a => $"{a.Status}");

        Assert.Equal(((HttpStatusCode)409, "idempotency-in-progress"), (meanwhile.Status, meanwhile.Headers["Mainstay-Error"]));
        Assert.Equal(answered.Text, again.Text);
        Assert.Single(await home.LogsAsync("web"), line => line.EndsWith("slow begins", StringComparison.Ordinal));
    }

    private async Task<Answer> PostAsync(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}{path}") { Content = new StringContent("x") };
        return await Web.SendAsync(request, ("Idempotency-Key", key));
    }
}
