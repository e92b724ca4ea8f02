using System.Collections.Immutable;
using System.Text;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;
using Mainstay.Supervisor.Probes;

namespace Mainstay.Supervisor.Tests.Probes;

public class ExpectationTests
{
    private static readonly ExpectSpec Healthy = ExpectSpec.Default with { Json = ImmutableSortedDictionary<string, string>.Empty.Add("status", "healthy") };

    [Theory]
    [InlineData(200, "", ProbeOutcome.Passed, "status 200")]
    [InlineData(503, "try\n later", ProbeOutcome.WrongStatus, "status 503, expected 200-299: try later")]
    [InlineData(200, """{"status":"healthy"}""", ProbeOutcome.Passed, "status 200")]
    [InlineData(200, """{"status":"degraded","why":"cache"}""", ProbeOutcome.Degraded, """status 200, degraded: {"status":"degraded","why":"cache"}""")]
    [InlineData(200, """{"status":"unhealthy"}""", ProbeOutcome.WrongBody, """status 200, but it says of itself that it is unhealthy: {"status":"unhealthy"}""")]
    [InlineData(200, "{broken", ProbeOutcome.Passed, "status 200")]
    public void By_default_the_status_decides_and_the_service_may_speak_for_itself(int status, string body, ProbeOutcome outcome, string detail) =>
        Assert.Equal((outcome, detail), Expectation.Judge(Answer(status, body), ExpectSpec.Default));

    [Theory]
    [InlineData("""{"status":"healthy"}""", ProbeOutcome.Passed)]
    [InlineData("""{"status":"degraded"}""", ProbeOutcome.Degraded)]
    [InlineData("""{"status":"unhealthy"}""", ProbeOutcome.WrongBody)]
    [InlineData("""{"state":"healthy"}""", ProbeOutcome.WrongBody)]
    [InlineData("<html>", ProbeOutcome.WrongBody)]
    public void Where_the_manifest_expects_a_status_degraded_still_serves(string body, ProbeOutcome outcome) =>
        Assert.Equal(outcome, Expectation.Judge(Answer(200, body), Healthy).Outcome);

    [Theory]
    [InlineData("db.connected", "true", ProbeOutcome.Passed)]
    [InlineData("db.pool.0", "7", ProbeOutcome.Passed)]
    [InlineData("db.connected", "false", ProbeOutcome.WrongBody)]
    [InlineData("db.missing", "x", ProbeOutcome.WrongBody)]
    public void Dotted_paths_reach_into_the_JSON(string path, string value, ProbeOutcome outcome)
    {
        var expect = ExpectSpec.Default with { Json = ImmutableSortedDictionary<string, string>.Empty.Add(path, value) };
        Assert.Equal(outcome, Expectation.Judge(Answer(200, """{"db":{"connected":true,"pool":[7]}}"""), expect).Outcome);
    }

    [Fact]
    public void A_redirect_is_no_answer_unless_it_is_expected()
    {
        var redirect = new HttpAnswer(302, "/login", default);
        Assert.Equal((ProbeOutcome.Redirected, "302 to /login"), Expectation.Judge(redirect, ExpectSpec.Default));
        Assert.Equal(ProbeOutcome.Passed, Expectation.Judge(redirect, ExpectSpec.Default with { Status = [new(200, 399)] }).Outcome);
    }

    [Fact]
    public void A_wanted_text_must_be_in_the_body()
    {
        var expect = ExpectSpec.Default with { BodyContains = "pong" };
        Assert.Equal(ProbeOutcome.Passed, Expectation.Judge(Answer(200, "ping pong"), expect).Outcome);
        Assert.Equal("status 200, but the body does not contain \"pong\": ping", Expectation.Judge(Answer(200, "ping"), expect).Detail);
    }

    [Fact]
    public void A_snippet_is_one_short_line_without_control_characters()
    {
        var detail = Expectation.Judge(Answer(500, "\u001b[31m" + new string('x', 1000)), ExpectSpec.Default).Detail;
        Assert.InRange(detail.Length, 100, 220);
        Assert.DoesNotContain('\u001b', detail);
    }

    private static HttpAnswer Answer(int status, string body) => new(status, null, Encoding.UTF8.GetBytes(body));
}
