using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class EnvironmentTests
{
    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task A_service_gets_what_was_declared_and_nothing_that_leaks_in()
    {
        await using var home = MainstayHome.Create($$"""
            stack: demo
            edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
            services:
              web:
                command: {{TestServices.Node}}
                environment: { GREETING: "hello ${WHO}", PRICE: "5$$" }
                env_file: [ web.env ]
                healthcheck: {{TestServices.Quick}}
            routes: [ { path: /, service: web } ]

            """);
        home.Write("web.env", "# from a file\nFROM_FILE=\"two words\"\n", 0b110_000_000);
        home.Environment.AddRange([("WHO", "world"), ("LEAKS_FROM_THE_SHELL", "1")]);

        await home.UpAsync();

        var seen = ((JsonObject)(await Web.GetAsync(_port, "/env")).Json).ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());
        Assert.Equal(("hello world", "5$", "two words"), (seen["GREETING"], seen["PRICE"], seen["FROM_FILE"]));
        Assert.Equal(("demo", "web", "0"), (seen["MAINSTAY_STACK"], seen["MAINSTAY_SERVICE"], seen["MAINSTAY_INSTANCE"]));
        Assert.Contains("MAINSTAY_RELEASE", seen.Keys);
        Assert.Equal((await home.StatusAsync())["web"].Only.Port, int.Parse(seen["PORT"], null));
        string[] known = ["GREETING", "PRICE", "FROM_FILE", "MAINSTAY_STACK", "MAINSTAY_SERVICE", "MAINSTAY_INSTANCE", "MAINSTAY_RELEASE", "MAINSTAY_RUN",
            "PORT", "PATH", "HOME", "USER", "LANG", "TZ", "NOTIFY_SOCKET"];
        Assert.Empty(seen.Keys.Except(known));
    }

    [Fact]
    public async Task A_variable_that_must_be_given_and_is_not_is_a_problem_with_the_given_message()
    {
        await using var home = MainstayHome.Create("""
            stack: demo
            services:
              web: { command: [ sleep, "1000" ], environment: { TOKEN: "${DEPLOY_TOKEN:?ask the operator for it}" } }

            """);

        (await home.RunAsync("up")).MustExit(3).MustShow("DEPLOY_TOKEN", "ask the operator for it");
    }
}
