using System.Collections.Immutable;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Diff;

public sealed class StackDiffTests
{
    [Theory]
    [InlineData("instances: 1", "instances: 1", ChangeKind.Unchanged, "is as before")]
    [InlineData("instances: 1", "instances: 3", ChangeKind.Count, "instances changed from 1 to 3")]
    [InlineData("environment: { A: b }", "environment: { A: c, D: e }", ChangeKind.Process, "environment.A, environment.D changed, which takes new processes")]
    [InlineData("directory: a", "directory: b", ChangeKind.Process, "directory changed, which takes new processes")]
    [InlineData("port: 1", "port: 2", ChangeKind.Process, "port changed, which takes new processes")]
    [InlineData("user: a", "user: b", ChangeKind.Process, "user changed, which takes new processes")]
    [InlineData("env_file: a", "env_file: b", ChangeKind.Process, "env_file changed, which takes new processes")]
    [InlineData("resources: { memory: 10MB }", "resources: { memory: 20MB }", ChangeKind.Process, "resources.memory changed, which takes new processes")]
    [InlineData("resources: { memory_warn: 10MB }", "resources: {}", ChangeKind.Policy, "resources.memory_warn changed, which applies to the running processes")]
    [InlineData("logs: { max_files: 2 }", "logs: { max_files: 3 }", ChangeKind.Policy, "logs changed, which applies to the running processes")]
    [InlineData("restart: always", "restart: never", ChangeKind.Policy, "restart changed, which applies to the running processes")]
    [InlineData("stop: { grace: 1s }", "stop: { grace: 2s }", ChangeKind.Policy, "stop changed, which applies to the running processes")]
    [InlineData("healthcheck: { command: [ a ] }", "healthcheck: { command: [ b ] }", ChangeKind.Policy, "healthcheck changed, which applies to the running processes")]
    [InlineData("healthcheck: { command: [ a ] }", "healthcheck: { notify: true }", ChangeKind.Process, "healthcheck.notify changed, which takes new processes")]
    [InlineData("env_schema: {}", "env_schema: { A: {} }", ChangeKind.Policy, "env_schema changed, which applies to the running processes")]
    [InlineData("source: { git: a }", "source: { git: b }", ChangeKind.Policy, "source changed, which the next rollout goes by")]
    [InlineData("source: { git: a }\n    build: [ a ]", "source: { git: a }\n    build: { commands: [ a ], timeout: 1m }", ChangeKind.Policy, "build changed, which the next rollout goes by")]
    [InlineData("source: { git: a }", "source: { git: a }\n    artifacts: [ b ]", ChangeKind.Policy, "artifacts changed, which the next rollout goes by")]
    [InlineData("migrate: a", "migrate: b", ChangeKind.Policy, "migrate changed, which the next rollout goes by")]
    [InlineData("backup: { paths: a }", "backup: { paths: b }", ChangeKind.Policy, "backup changed, which the next rollout goes by")]
    [InlineData("deploy: { bake: 1s }", "deploy: { bake: 2s }", ChangeKind.Policy, "deploy changed, which the next rollout goes by")]
    [InlineData("deploy: { bake: 1s }\n    restart: never", "deploy: { bake: 2s }", ChangeKind.Policy, "restart, deploy changed, which applies to the running processes")]
    [InlineData("directory: .", "directory: .\n    source: { git: a }", ChangeKind.Process, "directory changed, which takes new processes")]
    public void A_change_is_of_the_process_or_of_the_count_or_of_policy(string before, string after, ChangeKind kind, string because)
    {
        var diff = StackDiff.Of(State(Manifest.With(before)), State(Manifest.With(after)));

        Assert.Equal((kind, because), (Assert.Single(diff.Services).Kind, diff.Services[0].Because));
        Assert.Equal(kind is ChangeKind.Unchanged, diff.IsEmpty);
    }

    [Fact]
    public void Services_come_and_go()
    {
        var diff = StackDiff.Of(State(Manifest.With() + "  old: { command: x }\n"), State("stack: s\nservices: { new: { command: x }, api: { command: [ node ] } }\n"));

        Assert.Equal(["new Added", "api Unchanged", "old Removed"], diff.Services.Select(s => $"{s.Service} {s.Kind}"));
    }

    [Fact]
    public void At_first_everything_is_new() => Assert.Equal(ChangeKind.Added, Assert.Single(StackDiff.Of(null, State(Manifest.With())).Services).Kind);

    [Fact]
    public void Where_things_stand_in_the_file_does_not_matter()
    {
        var text = Manifest.With("environment: { A: b }", "depends_on: [ r ]", "healthcheck: { http: /, headers: { span: x } }") + "external: { r: { tcp: \"h:1\" } }\nedge: { listen: \"http://127.0.0.1:80\" }\nroutes: [ { service: api } ]\n";

        Assert.True(StackDiff.Of(State(text), State("# a comment\n\n" + text)).IsEmpty);
    }

    [Fact]
    public void Edge_routes_and_externals_are_told_apart()
    {
        var before = State(Manifest.With() + "external: { r: { tcp: \"h:1\" } }\nedge: { listen: \"http://127.0.0.1:80\" }\nroutes: [ { service: api } ]\n");

        bool[] Told(string rest)
        {
            var diff = StackDiff.Of(before, State(Manifest.With("port: auto") + rest));
            return [diff.EdgeChanged, diff.RoutesChanged, diff.ExternalChanged];
        }

        Assert.Equal([false, false, true], Told("external: { r: { tcp: \"h:2\" } }\nedge: { listen: \"http://127.0.0.1:80\" }\nroutes: [ { service: api } ]\n"));
        Assert.Equal([true, true, false], Told("external: { r: { tcp: \"h:1\" } }\nedge: { listen: \"http://127.0.0.1:81\" }\nroutes: [ { service: api, path: /x } ]\n"));
    }

    [Fact]
    public void What_an_env_file_holds_counts_and_where_a_variable_stands_does_not()
    {
        var (one, moved) = (Manifest.With("environment: { A: b }"), Manifest.With("env_file: a.env"));

        Assert.Equal(ChangeKind.Unchanged, StackDiff.Of(State(one, "d1"), State(moved, "d1")).Services[0].Kind);
        Assert.Equal(["env_file"], StackDiff.Of(State(moved, "d1"), State(moved, "d2")).Services[0].Keys);
    }

    [Fact]
    public void No_value_of_the_environment_is_told()
    {
        var change = StackDiff.Of(State(Manifest.With("environment: { A: first-value }")), State(Manifest.With("environment: { A: second-value }"))).Services[0];

        Assert.DoesNotContain("value", change.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_names_what_the_process_is_made_of_and_nothing_else()
    {
        var digest = Revision.EnvironmentDigest([KeyValuePair.Create("A", "b")]);
        var revision = Revision.Of(Manifest.Service("port: auto"), digest);

        Assert.Matches("^[0-9a-f]{12}$", revision);
        Assert.Equal(revision, Revision.Of(Manifest.Service("port: auto", "instances: 3", "restart: never", "healthcheck: { tcp: true }", "logs: { max_files: 1 }", "stop: { grace: 1s }", "deploy: { bake: 1s }", "migrate: x", "backup: { paths: x }"), digest));
        Assert.NotEqual(revision, Revision.Of(Manifest.Service("port: inherit"), digest));
        Assert.NotEqual(revision, Revision.Of(Manifest.Service("port: auto"), Revision.EnvironmentDigest([])));
        Assert.NotEqual(revision, Revision.Of(Manifest.Service("port: auto", "directory: x"), digest));
    }

    [Fact]
    public void A_spec_that_was_kept_before_there_were_rollouts_has_none()
    {
        var json = System.Text.Json.JsonSerializer.SerializeToNode(Manifest.Service(), SpecJson.Default.ServiceSpec)!.AsObject();
        json.Remove("rollout");

        var kept = System.Text.Json.JsonSerializer.Deserialize(json, SpecJson.Default.ServiceSpec)!;

        Assert.Equal(RolloutSpec.None, kept.Rollout);
    }

    [Fact]
    public void A_digest_depends_on_names_and_values_and_not_on_their_order()
    {
        KeyValuePair<string, string> a = new("A", "1"), b = new("B", "2");

        Assert.Equal(Revision.EnvironmentDigest([a, b]), Revision.EnvironmentDigest([b, a]));
        Assert.NotEqual(Revision.EnvironmentDigest([new("A", "1\",\"B\":\"2")]), Revision.EnvironmentDigest([a, b]));
    }

    private static StackState State(string text, string? digest = null)
    {
        var stack = Manifest.Stack(text);
        return digest is null ? StackState.Of(stack) : new StackState(stack, stack.Services.ToImmutableDictionary(s => s.Name, _ => digest));
    }
}
