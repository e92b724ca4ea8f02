using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Validation;

public sealed class PortTests
{
    [Fact]
    public void One_port_claimed_by_two_services_is_one_problem_that_names_both()
    {
        var problem = Manifest.OnlyProblem("stack: dup\nservices: { a: { command: [ node, app.js ], port: 3000 }, b: { command: [ node, app.js ], port: 3000 } }\n");

        Assert.Equal("MS1046", problem.Code);
        Assert.Equal("services \"a\" and \"b\" both claim port 3000; \"a\" does so in line 2", problem.What);
        Assert.Equal("services.b.port", problem.Where.Path);
    }

    [Fact]
    public void Each_further_claim_names_the_first() =>
        Assert.Equal(
            ["services \"a\" and \"b\" both claim port 1; \"a\" does so in line 2", "services \"a\" and \"c\" both claim port 1; \"a\" does so in line 2"],
            Manifest.Read("stack: dup\nservices: { a: { command: [ x ], port: 1 }, b: { command: [ x ], port: 1 }, c: { command: [ x ], port: 1 } }\n").Problems.Select(p => p.What));

    [Fact]
    public void The_edge_s_port_is_not_for_services() =>
        Assert.Equal("service \"api\" claims port 8080, which the edge listens on (line 6)", Manifest.OnlyProblem(Manifest.With("port: 8080") + "edge: { listen: \"http://127.0.0.1:8080\" }\n").What);

    [Fact]
    public void A_fixed_port_has_one_instance()
    {
        var problem = Manifest.OnlyProblem(Manifest.With("port: 3000", "instances: 2"));

        Assert.Equal(("MS1047", new Where("mainstay.yaml", 6, 16, "services.api.instances")), (problem.Code, problem.Where));
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1:80", "http://0.0.0.0:80", true)]
    [InlineData("http://[::]:80", "http://127.0.0.1:80", true)]
    [InlineData("http://[::]:80", "http://0.0.0.0:80", true)]
    [InlineData("http://localhost:80", "http://127.0.0.1:80", true)]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.2:80", false)]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.1:81", false)]
    [InlineData("http://0.0.0.0:80", "http://[::1]:80", false)]
    public void The_edge_listens_on_no_address_twice(string one, string other, bool clash) =>
        Assert.Equal(clash ? ["MS1046"] : [], Manifest.Read(Manifest.With() + $"edge: {{ listen: [ \"{one}\", \"{other}\" ] }}\n").Problems.Select(p => p.Code));

    [Fact]
    public void A_socket_that_Mainstay_holds_accepts_for_a_dead_service_too_so_it_is_not_checked_by_tcp()
    {
        var problem = Manifest.OnlyProblem(Manifest.With("port: inherit", "healthcheck: { interval: 1s, tcp: true }"));

        Assert.Equal(("MS1058", new Where("mainstay.yaml", 6, 39, "services.api.healthcheck.tcp")), (problem.Code, problem.Where));
        Assert.Equal(
            "service \"api\" has \"port: inherit\" and a healthcheck by tcp, which proves nothing: Mainstay holds the listening socket, so a connection opens even if the process never accepts it",
            problem.What);
        Assert.Equal("check by \"http: /health\", or by \"notify: true\" if the service says READY=1", problem.Fix);
    }

    [Theory]
    [InlineData("port: inherit", "healthcheck: { http: /health }", "")]
    [InlineData("port: inherit", "healthcheck: { notify: true, tcp: false }", "")]
    [InlineData("port: inherit", "healthcheck: { interval: 1s }", "MS1048")]
    [InlineData("port: auto", "healthcheck: { tcp: true }", "")]
    public void A_check_that_can_fail_is_not_blamed(string port, string check, string codes) =>
        Assert.Equal(codes, string.Join(' ', Manifest.Read(Manifest.With(port, check)).Problems.Select(p => p.Code)));

    [Theory]
    [InlineData("port: auto", "PORT", "3000", true)]
    [InlineData("port: inherit", "PORT", "3000", true)]
    [InlineData("port: 3000", "PORT", "3000", false)]
    [InlineData("port: 3000", "PORT", "3001", true)]
    [InlineData("instances: 1", "PORT", "3000", false)]
    [InlineData("instances: 1", "MAINSTAY_RELEASE", "x", true)]
    [InlineData("instances: 1", "LISTEN_FDS", "1", true)]
    [InlineData("instances: 1", "MAINSTAYX", "1", false)]
    public void Nobody_sets_what_Mainstay_sets(string line, string name, string value, bool refused) =>
        Assert.Equal(refused ? ["MS1056"] : [], Manifest.Read(Manifest.With(line, $"environment: {{ {name}: {value} }}")).Problems.Select(p => p.Code));
}
