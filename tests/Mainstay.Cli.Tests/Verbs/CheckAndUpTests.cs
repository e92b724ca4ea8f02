using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Testing;

namespace Mainstay.Cli.Tests.Verbs;

public sealed class CheckAndUpTests : CommandTest
{
    private const string Good = """
        stack: shop
        services:
          db: { command: [ sh, -c, "sleep 1" ] }
          api: { command: [ sh, -c, "sleep 1" ], depends_on: [ db ], environment: { REGION: "${SHOP_REGION}", MODE: "${SHOP_MODE:?say which}" } }
        """;

    private const string Bad = """
        stack: shop
        services:
          api: { command: [ sh ], depends_on: [ db ], colour: red }
        """;

    [Fact]
    public async Task A_good_manifest_is_ok_with_its_layers()
    {
        (Environment["SHOP_MODE"], Environment["SHOP_REGION"]) = ("fast", "t");
        Write("mainstay.yaml", Good);

        var result = await RunAsync("check");

        Assert.Equal((0, "ok: 2 services in 2 layers: db -> api\n"), (result.Code, result.Out));
    }

    [Fact]
    public async Task The_manifest_is_found_upwards_or_by_file_or_by_folder()
    {
        (Environment["SHOP_MODE"], Environment["SHOP_REGION"]) = ("fast", "t");
        Write("deep/er/other.yaml", Good);
        Write("deep/mainstay.yaml", Good);

        Assert.Equal(0, (await RunAsync("check", "-f", "deep")).Code);
        Assert.Equal(0, (await RunAsync("check", "-f", "deep/er/other.yaml")).Code);
        Assert.Equal(2, (await RunAsync("check", "-f", "deep/er")).Code);
        Assert.Equal(2, (await RunAsync("check", "-f", "nowhere")).Code);
        Assert.Contains("there is no mainstay.yaml in ", (await RunAsync("check")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_is_shown_at_once_in_the_order_of_the_file()
    {
        Write("mainstay.yaml", Bad);

        var result = await RunAsync("check");

        Assert.Equal(ExitCode.Problems, result.Exit);
        var lines = result.Out.Split('\n');
        Assert.StartsWith("mainstay.yaml:3:", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  fix: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"db\"", result.Out, StringComparison.Ordinal);
        Assert.Contains("colour", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("refused: 2 errors\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifest_environment_and_host_are_judged_together()
    {
        Write("open.env", "NAME=value\n");
        File.SetUnixFileMode(Path.Combine(Folder, "open.env"), (UnixFileMode)0b110_100_100);
        Write("mainstay.yaml", """
            stack: shop
            services:
              api:
                command: [ no-such-program ]
                directory: nowhere
                env_file: [ open.env ]
                user: nobody-here
                env_schema: { TOKEN: { type: secret, required: true } }
            """);

        var result = await RunAsync("check");

        Assert.Equal(ExitCode.Problems, result.Exit);
        Golden.Match(result.Out.Replace(Folder, "<folder>", StringComparison.Ordinal), "check.txt");
    }

    [Fact]
    public async Task A_manifest_with_an_error_hides_no_problem_of_the_host()
    {
        Write("mainstay.yaml", """
            stack: shop
            services:
              api: { command: [ no-such-program ], directory: nowhere, colour: red }
              web: { command: [ sh ], env_file: [ no.env ], depends_on: [ nobody ] }
            """);

        var result = await RunAsync("check");

        Assert.Equal(ExitCode.Problems, result.Exit);
        Assert.All(["MS1005", "MS1042", "MS3004", "MS3001", "MS2006"], code => Assert.Contains(code, result.Out, StringComparison.Ordinal));
        Assert.EndsWith("refused: 5 errors\n", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipe.yaml", "pipe.yaml is no regular file")]
    [InlineData("/dev/zero", "/dev/zero is no regular file")]
    [InlineData("large.yaml", "large.yaml is larger than 4 MiB, the most that is read")]
    public async Task A_manifest_that_is_no_file_of_a_sensible_size_is_refused_at_once(string name, string what)
    {
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Folder, "pipe.yaml")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Write("large.yaml", new string('#', 4 * 1024 * 1024 + 1));

        var result = await RunAsync("check", "-f", name);

        Assert.Equal(ExitCode.Problems, result.Exit);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_as_env_schema_is_a_problem_with_its_line()
    {
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Folder, "schema.yaml")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Write("mainstay.yaml", "stack: shop\nservices:\n  api: { command: [ sh ], env_schema: schema.yaml }\n");

        var result = await RunAsync("check");

        Assert.StartsWith("mainstay.yaml:3:39: MS1057: services.api.env_schema names the file \"schema.yaml\", which is no regular file\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_url_trackers_duplicate_entry_is_refused_by_check_and_by_up_naming_both()
    {
        var manifest = Path.Combine(Repository.Root(), "examples/url-tracker/duplicate.yaml");

        var check = await RunAsync("check", "-f", manifest);
        var up = await RunAsync("up", "-f", manifest);

        Assert.Equal((ExitCode.Problems, ExitCode.Problems), (check.Exit, up.Exit));
        Assert.All([check.Out, up.Error], text => Assert.Contains("services \"proxy-service\" and \"proxy-server\" both claim port 3000", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("examples/quickstart", "stack: quickstart")]
    [InlineData("examples/url-tracker", "stack: url-tracker")]
    public async Task The_examples_are_read_without_a_problem(string folder, string first)
    {
        var path = Path.Combine(Repository.Root(), folder, "mainstay.yaml");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        Assert.Contains(first, text, StringComparison.Ordinal);
        Assert.Empty(Spec.Parsing.ManifestReader.Read(new(path, Path.GetDirectoryName(path)!, text, Environment)).Problems);
    }

    [Fact]
    public async Task The_readme_shows_manifests_that_are_read_without_a_problem()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root(), "README.md"), TestContext.Current.CancellationToken);
        var manifests = readme.Split("```yaml\n")[1..].Select(m => m.Split("```")[0]).ToList();

        Assert.Equal(2, manifests.Count);
        Assert.All(manifests, m => Assert.Empty(Spec.Parsing.ManifestReader.Read(new("README.md", Folder, m, Environment)).Problems));
    }

    [Fact]
    public async Task Check_as_json_has_the_contracts_fields()
    {
        Write("mainstay.yaml", Bad);

        var result = await RunAsync("check", "--json");

        Assert.Equal(ExitCode.Problems, result.Exit);
        using var document = JsonDocument.Parse(result.Out);
        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        var problem = document.RootElement.GetProperty("problems")[0];
        Assert.Matches("^MS[0-9]{4}$", problem.GetProperty("code").GetString());
        Assert.Equal("error", problem.GetProperty("severity").GetString());
        var where = problem.GetProperty("where");
        Assert.Equal(("mainstay.yaml", 3), (where.GetProperty("file").GetString(), where.GetProperty("line").GetInt32()));
        Assert.True(where.GetProperty("column").GetInt32() > 0);
        Assert.StartsWith("services.api", where.GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.All(["what", "fix"], key => Assert.NotEqual("", problem.GetProperty(key).GetString()));
    }

    [Fact]
    public async Task Up_refuses_a_bad_manifest_before_any_daemon_is_started()
    {
        Write("mainstay.yaml", Bad);

        var result = await RunAsync("up");

        Assert.Equal(ExitCode.Problems, result.Exit);
        Assert.Contains("\"db\"", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("up refused: the manifest has problems; nothing was changed\n", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Home.Root));
    }

    [Fact]
    public async Task Up_sends_the_manifest_and_of_the_environment_only_what_it_names()
    {
        (Environment["SHOP_MODE"], Environment["SHOP_REGION"], Environment["AWS_SECRET_ACCESS_KEY"]) = ("fast", "north", "must stay here");
        Write("mainstay.yaml", Good);
        ApplyRequest? sent = null;
        await using var daemon = FakeDaemon.Start(Home, async exchange =>
        {
            sent = JsonSerializer.Deserialize(exchange.Body, WireJson.Default.ApplyRequest);
            await exchange.BeginStreamAsync();
            await exchange.LineAsync(new OperationMessage(Result: new(ExitCode.Done, "2 services are ready", [], [])), WireJson.Default.OperationMessage);
            await exchange.EndStreamAsync();
        });

        var result = await RunAsync("up", "api");

        Assert.Equal((0, "2 services are ready\n"), (result.Code, result.Out));
        Assert.NotNull(sent);
        Assert.Equal(("mainstay.yaml", Folder, Good), (sent.File, sent.Directory, sent.Text));
        Assert.Equal(["SHOP_MODE=fast", "SHOP_REGION=north"], sent.Variables.Select(v => $"{v.Key}={v.Value}"));
        Assert.Equal("api", Assert.Single(sent.Services).Value);
        Assert.DoesNotContain(daemon.Requests, r => r.Contains("must stay here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Up_of_a_service_that_is_not_declared_suggests_one_that_is()
    {
        (Environment["SHOP_MODE"], Environment["SHOP_REGION"]) = ("fast", "t");
        Write("mainstay.yaml", Good);

        var result = await RunAsync("up", "apo");

        Assert.Equal(ExitCode.WrongUsage, result.Exit);
        Assert.StartsWith("mainstay: mainstay.yaml declares no service \"apo\"; did you mean \"api\"?\n", result.Error, StringComparison.Ordinal);
    }
}
