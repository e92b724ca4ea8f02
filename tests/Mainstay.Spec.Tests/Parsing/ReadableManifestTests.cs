using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>What is known of a manifest that has problems, and where its keys stand.</summary>
public sealed class ReadableManifestTests
{
    private const string Web = "  web: { command: [ node ], directory: web }\n";

    [Theory]
    [InlineData("port: 99999", "services.api.port", "services.api.directory")]
    [InlineData("colour: red", "services.api.colour", "services.api.command")]
    [InlineData("enviroment: { A: b }", "services.api.environment", "services.api.env_file")]
    [InlineData("env: { A: b }", "services.api.environment", "services.api.env_file")]
    [InlineData("environment: { A: \"${NOT_SET}\", B: c }", "services.api.environment.A", "services.api.environment.B")]
    [InlineData("environment: { A: { b: c } }", "services.api.environment", "services.api.command")]
    [InlineData("env_schema: nowhere.yaml", "services.api.env_schema", "services.api.environment")]
    [InlineData("env_schema: schema.yaml", "services.api.env_schema", "services.api.environment")]
    [InlineData("healthcheck: { }", "services.api.healthcheck", "services.api.command")]
    [InlineData("resources: { memory: lots }", "services.api.resources", "services.api.user")]
    [InlineData("stop: { <<: { grace: 1s } }", "services.api.stop", "services.api.user")]
    public void What_is_wrong_with_one_key_leaves_the_others_readable(string line, string unread, string read)
    {
        var result = Manifest.Read(Manifest.With(line) + Web, readFile: path => path == "/srv/app/schema.yaml" ? "TOKEN: { type: nonsense }" : null);

        Assert.Null(result.Stack);
        Assert.False(result.Readable!.IsComplete);
        Assert.False(result.Readable.IsRead(unread));
        Assert.True(result.Readable.IsRead(read));
        Assert.True(result.Readable.IsRead("services.web"));
        Assert.Equal(["api", "web"], result.Readable.Stack.Services.Select(s => s.Name.Value));
    }

    [Theory]
    [InlineData("  api: [ node ]\n")]
    [InlineData("  Api: { command: [ node ] }\n")]
    [InlineData("  api: { command: [ node ] }\n  api: { command: [ node ] }\n")]
    public void A_service_of_which_nothing_is_known_is_left_out(string api) =>
        Assert.Equal(["web"], Manifest.Read($"stack: test\nservices:\n{api}{Web}").Readable!.Stack.Services.Select(s => s.Name.Value));

    [Fact]
    public void A_missing_name_of_the_stack_hides_no_service()
    {
        var readable = Manifest.Read($"services:\n{Web}").Readable!;

        Assert.False(readable.IsRead("stack"));
        Assert.Equal("web", Assert.Single(readable.Stack.Services).Name.Value);
        Assert.True(readable.IsRead("services.web.directory"));
    }

    [Fact]
    public void Contradictions_were_read()
    {
        var result = Manifest.Read(Manifest.With("port: 1", "depends_on: [ nobody ]") + "  web: { command: [ node ], port: 1 }\n");

        Assert.Equal(2, result.Problems.Length);
        Assert.True(result.Readable!.IsComplete);
    }

    [Fact]
    public void A_good_manifest_is_readable_as_a_whole()
    {
        var result = Manifest.Read(Manifest.With());

        Assert.Same(result.Stack, result.Readable!.Stack);
        Assert.True(result.Readable.IsComplete);
    }

    [Fact]
    public void With_more_problems_than_are_told_nothing_is_known() =>
        Assert.Null(Manifest.Read(Manifest.With([.. Enumerable.Range(0, 300).Select(i => $"nonsense_{i}: 1")])).Readable);

    [Theory]
    [InlineData("services.api.user", 6, 11)]
    [InlineData("services.api.resources.open_files", 7, 30)]
    [InlineData("services.api.environment.A.B", 5, 31)]
    [InlineData("services.api.env_file[1]", 8, 26)]
    [InlineData("services.api.directory", 0, 0)]
    [InlineData("services.api.env_file[2]", 0, 0)]
    public void Every_key_has_its_place(string path, int line, int column)
    {
        var place = Manifest.Read(Manifest.With("environment: { A: x, A.B: y }", "user: app", "resources: { open_files: 70 }", "env_file: [ one.env, two.env ]")).Readable!.PlaceOf(path);

        Assert.Equal((line, column), (place?.Line ?? 0, place?.Column ?? 0));
        Assert.Equal(line == 0 ? null : path, place?.Path);
    }

    [Fact]
    public void Places_are_no_part_of_the_stack()
    {
        var one = Manifest.Stack(Manifest.With("user: app"));
        var moved = Manifest.Stack("# moved\n" + Manifest.With("user:   app"));

        Assert.True(Spec.Diff.StackDiff.Of(Spec.Diff.StackState.Of(one), Spec.Diff.StackState.Of(moved)).IsEmpty);
        Assert.DoesNotContain(typeof(StackSpec).GetProperties(), p => p.PropertyType == typeof(Spec.Parsing.ReadableManifest));
    }
}
