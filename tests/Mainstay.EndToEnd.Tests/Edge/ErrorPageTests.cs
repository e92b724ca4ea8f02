using System.Net;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

public sealed class ErrorPageTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest(string edge = "") => $$"""
        stack: pages
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ]{{edge}} }
        services:
          web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
        routes: [ { path: /, service: web }, { host: only.example.com, path: /x, service: web } ]

        """;

    [Fact]
    public async Task A_browser_gets_a_page_and_a_program_gets_json_when_no_instance_is_ready()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        (await home.RunAsync("stop", "web")).MustExit(0);

        var page = await Web.GetAsync(_port, "/", ("Accept", "text/html,application/xhtml+xml"));
        var data = await Web.GetAsync(_port, "/", ("Accept", "application/json"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (page.Status, data.Status));
        Assert.StartsWith("text/html", page.Header("content-type"), StringComparison.Ordinal);
        Assert.Contains("<html", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("json", data.Header("content-type"), StringComparison.Ordinal);
        Assert.NotNull(data.Json);
        Assert.True(int.Parse(page.Header("retry-after"), null) > 0);
        Assert.True(int.Parse(data.Header("retry-after"), null) > 0);
        Assert.DoesNotContain(home.Root, page.Text + data.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_the_service_breaks_is_a_502()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();

        Assert.Equal(502, await Web.StatusAsync(_port, "/abort"));
        Assert.Equal(200, await Web.StatusAsync(_port));
    }

    [Fact]
    public async Task What_the_application_answers_passes_untouched_errors_too()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();

        foreach (var code in new[] { 404, 500, 502, 503 })
        {
            var answer = await Web.GetAsync(_port, $"/status?code={code}", ("Accept", "text/html"));
            Assert.Equal((code, """{"said":"by the application"}"""), ((int)answer.Status, answer.Text));
        }
    }

    [Fact]
    public async Task A_page_of_the_users_own_replaces_the_built_in_one()
    {
        await using var home = MainstayHome.Create(Manifest(", error_pages: errors/"));
        home.Write("errors/503.html", "<html><h1>Back in a minute</h1></html>");
        await home.UpAsync();
        (await home.RunAsync("stop", "web")).MustExit(0);

        Assert.Contains("Back in a minute", (await Web.GetAsync(_port, "/", ("Accept", "text/html"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_favicon_that_nobody_has_is_answered_quietly()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        (await home.RunAsync("stop", "web")).MustExit(0);

        Assert.InRange(await Web.StatusAsync(_port, "/favicon.ico"), 200, 404);
    }
}
