using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class DefaultsTests
{
    [Fact]
    public void A_service_needs_nothing_but_a_command()
    {
        var stack = Manifest.Stack("stack: s\nservices: { api: { command: node app.js } }\n");

        var api = Assert.Single(stack.Services);
        Assert.Equal(["node", "app.js"], api.Command.Argv);
        Assert.Equal("/srv/app", api.Directory);
        Assert.Equal(1, api.Instances);
        Assert.Equal(PortKind.None, api.Port.Kind);
        Assert.Null(api.Healthcheck);
        Assert.Null(api.EnvSchema);
        Assert.Null(api.User);
        Assert.Equal(ResourcesSpec.None, api.Resources);
        Assert.Equal(StopSpec.Default, api.Stop);
        Assert.Equal(LogsSpec.Default, api.Logs);
        Assert.Equal(RestartSpec.Default with { StopExitCodes = api.Restart.StopExitCodes }, api.Restart);
        Assert.Empty(api.Restart.StopExitCodes);
        Assert.Empty(stack.Edge.Listen);
        Assert.Equal(TimeSpan.FromSeconds(30), stack.Edge.WsDrain);
    }

    [Fact]
    public void A_healthcheck_has_the_defaults_of_compose_and_expects_2xx()
    {
        var check = Manifest.Service("healthcheck: { http: /health }").Healthcheck!;

        Assert.Equal(
            (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 3, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(250)),
            (check.Interval, check.Timeout, check.Retries, check.StartPeriod, check.StartInterval));
        var http = Assert.IsType<HttpProbeSpec>(check.Probe);
        Assert.Equal(new StatusRange(200, 299), Assert.Single(http.Expect.Status));
        Assert.Empty(http.Expect.Json);
        Assert.Empty(http.Headers);
        Assert.Null(http.Expect.BodyContains);
    }

    [Theory]
    [InlineData("healthcheck: { http: / }", PortKind.Auto)]
    [InlineData("healthcheck: { tcp: true }", PortKind.Auto)]
    [InlineData("healthcheck: { command: [ \"true\" ] }", PortKind.None)]
    [InlineData("healthcheck: { notify: true }", PortKind.None)]
    [InlineData("port: inherit", PortKind.Inherit)]
    [InlineData("port: auto", PortKind.Auto)]
    [InlineData("port: 3000", PortKind.Fixed)]
    public void A_port_is_given_to_whom_is_asked_over_one(string line, PortKind expected) => Assert.Equal(expected, Manifest.Service(line).Port.Kind);

    [Fact]
    public void A_route_gives_its_service_a_port() =>
        Assert.Equal(PortKind.Auto, Manifest.Stack(Manifest.With() + "edge: { listen: http://127.0.0.1:80 }\nroutes: [ { service: api } ]\n").Services[0].Port.Kind);

    [Fact]
    public void A_route_is_for_every_host_and_path_and_waits_thirty_seconds()
    {
        var stack = Manifest.Stack(Manifest.With() + "edge: { listen: http://127.0.0.1:80 }\nroutes: [ { service: api } ]\n");

        Assert.Equal((null, "/", false, TimeSpan.FromSeconds(30)), (stack.Routes[0].Host, stack.Routes[0].Path, stack.Routes[0].StripPrefix, stack.Routes[0].Timeout));
    }

    [Fact]
    public void A_list_of_dependencies_waits_for_health_where_there_is_something_to_tell_by()
    {
        var stack = Manifest.Stack("""
            stack: s
            services:
              api: { command: [ node ], depends_on: [ redis, web, check, plain ] }
              web: { command: [ node ], port: auto }
              check: { command: [ node ], healthcheck: { notify: true } }
              plain: { command: [ node ] }
            external: { redis: { tcp: "127.0.0.1:6379" } }
            """);

        Assert.Equal(
            ["redis Healthy", "web Healthy", "check Healthy", "plain Started"],
            stack.Services[0].DependsOn.Select(d => $"{d.On} {d.Condition}"));
    }

    [Fact]
    public void An_external_is_asked_every_five_seconds()
    {
        var external = Manifest.Stack(Manifest.With() + "external: { es: { http: \"http://127.0.0.1:9200/_health\" } }\n").External[0];

        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), "http://127.0.0.1:9200/_health"), (external.Interval, external.Timeout, external.Http!.ToString()));
    }
}
