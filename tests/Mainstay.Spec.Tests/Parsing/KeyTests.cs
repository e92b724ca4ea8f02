using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class KeyTests
{
    [Theory]
    [InlineData("instnces: 2", "write \"instances\", or remove it")]
    [InlineData("replicas: 2", "write \"instances\", or remove it")]
    [InlineData("cwd: x", "write \"directory\", or remove it")]
    [InlineData("env: {}", "write \"environment\", or remove it")]
    [InlineData("needs: []", "write \"depends_on\", or remove it")]
    [InlineData("Port: 1", "write \"port\", or remove it")]
    public void An_unknown_key_is_refused_with_the_one_that_was_meant(string line, string fix)
    {
        var problem = Manifest.OnlyProblem(Manifest.With(line));

        Assert.Equal(("MS1005", fix), (problem.Code, problem.Fix));
    }

    [Fact]
    public void A_key_that_nobody_could_mean_is_answered_by_those_known() =>
        Assert.StartsWith("remove it; known here are signal, grace", Manifest.OnlyProblem(Manifest.With("stop: { frobnicate: 1 }")).Fix, StringComparison.Ordinal);

    [Theory]
    [InlineData("routes: [ { service: api, guards: { concurrency: 1 } } ]\nedge: { listen: \"http://127.0.0.1:80\" }\n")]
    public void Guards_of_a_later_version_are_words_for_later_and_never_passed_over(string lines) => Assert.Equal("MS1008", Manifest.OnlyProblem(Manifest.With() + lines).Code);

    [Fact]
    public void What_a_service_that_ships_with_Mainstay_cannot_be_told_is_said_all_at_once_and_once_each() =>
        Assert.Equal(["source", "build", "artifacts"], Manifest.Read("stack: s\nservices: { a: { kind: hub, source: { git: . }, build: [ x ], artifacts: [ y ] } }\n").Problems.Select(p => p.Where.Path.Split('.')[^1]));

    [Fact]
    public void A_service_that_ships_with_Mainstay_knows_its_command_its_port_its_healthcheck_and_its_variables()
    {
        var service = Manifest.Stack("stack: s\nservices: { a: { kind: ingest } }\n").Services[0];

        Assert.Equal((ServiceKind.Ingest, PortKind.Auto), (service.Kind, service.Port.Kind));
        Assert.Equal(["mainstay", "realtime", "ingest"], service.Command.Argv);
        Assert.Equal("/readyz", Assert.IsType<HttpProbeSpec>(service.Healthcheck!.Probe).Path);
        Assert.Contains("ACK_INTERVAL", service.EnvSchema!.Rules.Select(r => r.Name));
    }

    [Theory]
    [InlineData("command: node x.js")]
    [InlineData("port: 80")]
    [InlineData("healthcheck: { http: /x }")]
    [InlineData("user: app")]
    [InlineData("directory: x")]
    public void And_is_not_told_them(string line)
    {
        Assert.Equal("MS1075", Manifest.OnlyProblem($"stack: s\nservices: {{ a: {{ kind: hub, {line} }} }}\n").Code);
        var problem = Manifest.OnlyProblem($"stack: s\nservices: {{ a: {{ kind: ingest, {line} }} }}\n");

        Assert.Equal(("MS1075", $"remove \"{line.Split(':')[0]}\""), (problem.Code, problem.Fix));
    }

    [Fact]
    public void A_hub_is_one_process() => Assert.Contains("a hub is one process", Manifest.OnlyProblem("stack: s\nservices: { a: { kind: hub, instances: 2 } }\n").What, StringComparison.Ordinal);

    [Fact]
    public void A_process_is_a_kind() => Assert.NotNull(Manifest.Service("kind: process"));

    [Theory]
    [InlineData("services: { a: { command: x } }\n", "the manifest has no \"stack\"")]
    [InlineData("stack: s\n", "the manifest has no \"services\"")]
    [InlineData("stack: s\nservices: {}\n", "the manifest: \"services\" is empty, so there is nothing to run")]
    [InlineData("stack: s\nservices: { a: {} }\n", "service \"a\" has no \"command\"")]
    public void What_is_needed_must_be_there(string text, string what) => Assert.Equal(what, Manifest.OnlyProblem(text).What);

    [Theory]
    [InlineData("instances: [ 2 ]", "services.api.instances is a list, but must be a whole number from 1 to 1000")]
    [InlineData("instances:", "services.api.instances is empty, but must be a whole number from 1 to 1000")]
    [InlineData("instances: 0", "services.api.instances is \"0\", but must be a whole number from 1 to 1000")]
    [InlineData("environment: [ A=b ]", "services.api.environment is a list, but must be a map of variables to their values")]
    [InlineData("stop: SIGINT", "services.api.stop is \"SIGINT\", but must be a map with signal, grace")]
    [InlineData("logs: []", "services.api.logs is a list, but must be a map with max_size, max_files")]
    [InlineData("directory: ~/app", "services.api.directory is \"~/app\", but must be a path")]
    [InlineData("user: a:b", "services.api.user is \"a:b\", but must be a user name or a user id")]
    [InlineData("environment: { 1A: x }", "services.api.environment has the key \"1A\", but a key here must be a variable's name: letters, digits and underscores, not beginning with a digit")]
    public void A_wrong_type_is_told_with_what_was_expected_and_what_was_found(string line, string what) =>
        Assert.Equal(what, Manifest.OnlyProblem(Manifest.With(line)).What);

    [Theory]
    [InlineData("healthcheck: { interval: 5s }", "MS1048")]
    [InlineData("healthcheck: { tcp: false }", "MS1048")]
    [InlineData("healthcheck: { tcp: true, http: / }", "MS1049")]
    [InlineData("healthcheck: { tcp: true, headers: { a: b } }", "MS1055")]
    [InlineData("healthcheck: { tcp: true, expect: { status: 200 } }", "MS1055")]
    [InlineData("healthcheck: { http: /, headers: { \"a b\": c } }", "MS1026")]
    [InlineData("healthcheck: { http: /, headers: { a: \"b\\nc: d\" } }", "MS1026")]
    [InlineData("healthcheck: { http: /, expect: { status: 99 } }", "MS1023")]
    [InlineData("healthcheck: { http: /, expect: { status: 299-200 } }", "MS1023")]
    [InlineData("resources: { memory: 10MB, memory_warn: 20MB }", "MS1055")]
    [InlineData("restart: { backoff: { initial: 0 } }", "MS1011")]
    [InlineData("restart: { after_limit: never }", "MS1014")]
    public void What_contradicts_itself_is_refused(string line, string code) => Assert.Equal(code, Manifest.OnlyProblem(Manifest.With(line)).Code);

    [Theory]
    [InlineData("UPPER", "MS1010")]
    [InlineData("1a", "MS1010")]
    [InlineData("a_b", "MS1010")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "MS1010")]
    [InlineData("\"a\\n\"", "MS1010")]
    public void A_service_has_a_plain_name(string name, string code) => Assert.Equal(code, Manifest.OnlyProblem($"stack: s\nservices: {{ {name}: {{ command: x }} }}\n").Code);
}
