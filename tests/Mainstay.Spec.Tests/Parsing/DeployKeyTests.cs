using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class DeployKeyTests
{
    private const string Edge = "edge: { listen: \"http://127.0.0.1:80\" }\nroutes: [ { service: api } ]\n";

    [Fact]
    public void A_canary_gets_a_tenth_for_two_minutes() =>
        Assert.Equal(new CanarySpec(10, null, null, TimeSpan.FromMinutes(2)), Deploy("{ strategy: canary }").Canary);

    [Fact]
    public void A_canary_says_who_is_in_it() => Assert.Equal(
        new CanarySpec(2.5, new NamedValue("x-canary", "1"), new NamedValue("canary", "a=b"), TimeSpan.FromMinutes(1)),
        Deploy("{ strategy: canary, canary: { percent: 2.5%, header: \"x-canary: 1\", cookie: \"canary=a=b\", for: 1m } }").Canary);

    [Fact]
    public void A_rollback_watches_exits_and_memory_unless_told_to_ignore_them()
    {
        Assert.Equal(new RollbackOnSpec(0.02, 2, 1, true), Deploy("{ rollback_on: { error_rate: 2%, p99: 2x } }").RollbackOn);
        Assert.Equal(new RollbackOnSpec(null, null, null, false), Deploy("{ rollback_on: { restarts: ignore, memory: ignore, p99: ignore } }").RollbackOn);
    }

    [Fact]
    public void A_new_instance_is_asked_by_http_or_by_a_command()
    {
        var verify = Deploy("{ verify: [ { http: /version, headers: { a: b }, expect: { body_contains: \"$MAINSTAY_COMMIT\" }, timeout: 1s }, { command: \"npm run smoke\" } ] }").Verify;

        var http = Assert.IsType<HttpProbeSpec>(verify[0].Probe);
        Assert.Equal(("/version", "b", "$MAINSTAY_COMMIT", TimeSpan.FromSeconds(1)), (http.Path, http.Headers["a"], http.Expect.BodyContains, verify[0].Timeout));
        Assert.Equal(["npm", "run", "smoke"], Assert.IsType<CommandProbeSpec>(verify[1].Probe).Command.Argv);
        Assert.Equal((TimeSpan.FromSeconds(5), "services.api.deploy.verify[1]"), (verify[1].Timeout, verify[1].Span.Path));
    }

    [Theory]
    [InlineData("{ strategy: blue-green }", DeployStrategy.BlueGreen)]
    [InlineData("{ strategy: blue_green }", DeployStrategy.BlueGreen)]
    [InlineData("{}", DeployStrategy.Rolling)]
    public void A_strategy_is_a_word(string deploy, DeployStrategy strategy) => Assert.Equal(strategy, Deploy(deploy).Strategy);

    [Theory]
    [InlineData("{ strategy: bluegreen }", "MS1014", "write \"blue_green\"")]
    [InlineData("{ canary: { percent: 5 } }", "MS1055", "write \"strategy: canary\", or remove \"canary\"")]
    [InlineData("{ strategy: canary, canary: { percent: 101 } }", "MS1070", "write for example \"percent: 10\"")]
    [InlineData("{ strategy: canary, canary: { percent: 0 } }", "MS1055", "let percent be for example 10, or add for example header: \"x-canary: 1\"")]
    [InlineData("{ strategy: canary, canary: { header: x-canary=1 } }", "MS1026", "write \"x-canary: 1\"")]
    [InlineData("{ strategy: canary, canary: { cookie: \"canary: 1\" } }", "MS1026", "write \"canary=1\"")]
    [InlineData("{ strategy: canary, deadline: 2m }", "MS1055", "let deadline be longer than the canary's \"for\"")]
    [InlineData("{ bake: 0, rollback_on: { restarts: 2 } }", "MS1055", "let bake be for example 60s, or remove \"rollback_on\"")]
    [InlineData("{ rollback_on: { error_rate: 2x } }", "MS1070", "write for example \"error_rate: 2%\"")]
    [InlineData("{ rollback_on: { p99: 2 } }", "MS1071", "write \"2x\", times the old release's")]
    [InlineData("{ rollback_on: { p99: 500ms } }", "MS1071", "write a factor such as \"2x\": the old release is what is compared with")]
    [InlineData("{ rollback_on: { restarts: 0 } }", "MS1013", "write for example \"restarts: 1\"")]
    [InlineData("{ rollback_on: { memory: 500MB } }", "MS1014", "write for example \"memory: limit\"")]
    [InlineData("{ keep_releases: 1 }", "MS1013", "write for example \"keep_releases: 5\"")]
    [InlineData("{ deadline: none }", "MS1011", "write for example \"deadline: 10m\"")]
    [InlineData("{ max_unavailable: 3 }", "MS1055", "let max_unavailable be less than instances; 0 keeps all of them")]
    [InlineData("{ verify: [ {} ] }", "MS1048", "add \"http: /version\", or \"command: ...\"")]
    [InlineData("{ verify: [ { http: /, command: x } ] }", "MS1049", "make two checks of it")]
    [InlineData("{ verify: [ { command: x, headers: { a: b } } ] }", "MS1055", "remove \"headers\", or check by \"http\"")]
    [InlineData("{ mode: rolling }", "MS1005", "write \"strategy\", or remove it")]
    public void What_cannot_be_meant_is_refused_with_a_fix(string deploy, string code, string fix)
    {
        var problem = Manifest.OnlyProblem(Manifest.With($"deploy: {deploy}") + Edge);

        Assert.Equal((code, fix), (problem.Code, problem.Fix));
    }

    private static DeploySpec Deploy(string deploy) => Manifest.Stack(Manifest.With($"deploy: {deploy}") + Edge).Services[0].Rollout.Deploy;
}
