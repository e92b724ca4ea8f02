using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Validation;

public sealed class RolloutTests
{
    private const string Edge = "edge: { listen: \"http://127.0.0.1:80\" }\nroutes: [ { service: api } ]\n";

    [Theory]
    [InlineData("canary")]
    [InlineData("blue_green")]
    public void Two_processes_side_by_side_cannot_have_one_fixed_port(string strategy)
    {
        var problem = Manifest.OnlyProblem(Manifest.With("port: 3000", $"deploy: {{ strategy: {strategy} }}") + Edge);

        Assert.Equal(
            ("MS1061", $"service \"api\" asks for {strategy}, where old and new processes run side by side, but only one process can have its fixed port 3000", "services.api.deploy.strategy"),
            (problem.Code, problem.What, problem.Where.Path));
    }

    [Fact]
    public void Rolling_with_a_fixed_port_is_possible() => Assert.NotNull(Manifest.Service("port: 3000", "deploy: { strategy: rolling }"));

    [Fact]
    public void A_canary_needs_a_route()
    {
        var problem = Manifest.OnlyProblem(Manifest.With("port: auto", "deploy: { strategy: canary }"));

        Assert.Equal(
            ("MS1061", "service \"api\" asks for a canary, but no route leads to it, and a canary is a share of the edge's traffic"), (problem.Code, problem.What));
    }

    [Fact]
    public void A_canary_of_one_instance_is_possible() =>
        Assert.Equal(DeployStrategy.Canary, Manifest.Stack(Manifest.With("instances: 1", "deploy: { strategy: canary }") + Edge).Services[0].Rollout.Deploy.Strategy);

    [Fact]
    public void Blue_and_green_need_no_route() => Assert.NotNull(Manifest.Service("port: auto", "deploy: { strategy: blue_green }"));

    [Fact]
    public void Nobody_can_be_asked_by_http_without_a_port()
    {
        var problem = Manifest.OnlyProblem(Manifest.With("deploy: { verify: [ { command: x }, { http: /version } ] }"));

        Assert.Equal(
            ("MS1062", "service \"api\" is verified by http, but has no port to ask", "services.api.deploy.verify[1]"), (problem.Code, problem.What, problem.Where.Path));
        Assert.NotNull(Manifest.Service("port: auto", "deploy: { verify: [ { http: /version } ] }"));
    }

    [Fact]
    public void A_port_or_routes_that_cannot_be_read_make_no_second_problem()
    {
        Manifest.OnlyProblem(Manifest.With("port: 70000", "deploy: { verify: [ { http: / } ] }"));
        Manifest.OnlyProblem(Manifest.With("deploy: { strategy: canary }") + "routes: nowhere\n");
    }
}
