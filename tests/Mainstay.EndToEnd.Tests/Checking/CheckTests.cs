using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Checking;

public sealed class CheckTests
{
    [Fact]
    public async Task A_good_manifest_is_ok_and_its_start_layers_are_shown()
    {
        await using var home = MainstayHome.Create("""
            stack: good
            services:
              db: { command: [ sleep, "1" ] }
              api: { command: [ sleep, "1" ], depends_on: [ db ] }

            """);

        var check = (await home.RunAsync("check")).MustExit(0).MustShow("db", "api");

        Assert.True(check.Out.IndexOf("db", StringComparison.Ordinal) < check.Out.IndexOf("api", StringComparison.Ordinal));
        Assert.True((await home.CheckAsync()).Ok);
    }

    [Fact]
    public async Task A_port_claimed_twice_is_refused_naming_both_owners()
    {
        await using var home = MainstayHome.Create("""
            stack: twice
            services:
              proxy-service: { command: [ sleep, "1" ], port: 3000 }
              proxy-server: { command: [ sleep, "1" ], port: 3000 }

            """);

        (await home.RunAsync("check")).MustExit(3).MustShow("proxy-service", "proxy-server", "3000", "fix:");
        (await home.RunAsync("up")).MustExit(3).MustShow("proxy-service", "proxy-server");
    }

    [Fact]
    public async Task All_problems_come_at_once_each_with_place_code_and_fix()
    {
        await using var home = MainstayHome.Create("""
            stack: many
            services:
              api:
                comand: [ sleep, "1" ]
                command: [ sleep, "1" ]
                depends_on: [ db ]
                instances: many
                stop: { grace: soon }

            """);

        var check = await home.CheckAsync();

        Assert.False(check.Ok);
        Assert.True(check.Problems.Count >= 4, string.Join('\n', check.Problems));
        Assert.All(check.Problems, p => Assert.Matches("^MS[0-9]{4}$", p.Code));
        Assert.All(check.Problems, p => Assert.True(p.Where.Line > 0 && p.Where.Column > 0 && p.Fix.Length > 0, p.ToString()));
        Assert.Contains(check.Problems, p => p.Where.Line == 4 && (p.What + p.Fix).Contains("\"command\"", StringComparison.Ordinal));
        Assert.Contains(check.Problems, p => p.Where.Path == "services.api.depends_on[0]" && p.What.Contains("\"db\"", StringComparison.Ordinal));
        var screen = (await home.RunAsync("check")).MustExit(3);
        Assert.Matches(@"mainstay\.yaml:4:\d+: MS\d{4}: ", screen.Screen);
    }

    [Fact]
    public async Task A_cycle_is_refused_with_its_whole_path()
    {
        await using var home = MainstayHome.Create("""
            stack: circle
            services:
              a: { command: [ sleep, "1" ], depends_on: [ b ] }
              b: { command: [ sleep, "1" ], depends_on: [ c ] }
              c: { command: [ sleep, "1" ], depends_on: [ a ] }

            """);

        var cycle = Assert.Single((await home.CheckAsync()).Problems);

        Assert.Matches("a.*b.*c.*a", cycle.What);
    }

    [Fact]
    public async Task A_port_that_a_stranger_holds_is_refused_naming_his_pid_and_command_line()
    {
        var port = FreePort.Take();
        await using var home = MainstayHome.Create($"stack: taken\nservices:\n  web: {{ command: {TestServices.Node}, port: {port} }}\n");
        await using var stranger = Child.Start(TestServices.PythonProgram, ["-m", "http.server", $"{port}", "--bind", "127.0.0.1"], home.Root, []);
        await Eventually.TrueAsync("the stranger listens", () => !FreePort.IsFree(port));

        (await home.RunAsync("check")).MustShow($"{port}", $"{stranger.Pid}", "http.server");
        var up = await home.RunAsync("up");

        Assert.NotEqual(0, up.ExitCode);
        up.MustShow($"{stranger.Pid}", "http.server");
        Assert.False(stranger.HasExited);
    }

    [Fact]
    public async Task A_port_that_our_own_service_holds_is_no_problem()
    {
        var port = FreePort.Take();
        await using var home = MainstayHome.Create($"stack: mine\nservices:\n  web: {{ command: {TestServices.Node}, port: {port}, healthcheck: {TestServices.Quick} }}\n");
        await home.UpAsync();

        (await home.RunAsync("check")).MustExit(0);
        await home.UpAsync();
    }

    [Fact]
    public async Task An_env_file_that_others_may_read_is_refused_and_its_values_are_never_shown()
    {
        await using var home = MainstayHome.Create("stack: open\nservices:\n  web: { command: [ sleep, \"1000\" ], env_file: [ web.env ] }\n");
        var value = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        var file = home.Write("web.env", $"API_KEY={value}\n", 0b110_100_100);

        var refused = await home.RunAsync("check");
        Assert.NotEqual(0, refused.ExitCode);
        refused.MustShow("web.env").MustNotShow(value);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await home.RunAsync("check")).MustExit(0).MustNotShow(value);
    }

    [Fact]
    public async Task What_the_environment_lacks_is_told_before_anything_starts()
    {
        await using var home = MainstayHome.Create("""
            stack: schema
            services:
              web:
                command: [ sleep, "1000" ]
                environment: { MODE: fast, LIMIT: lots, PUBSUB_ADAPTER: redis_streams, SESSION_SECRET: changeme }
                env_schema:
                  MODE: { type: enum, values: [ slow, steady ] }
                  LIMIT: { type: int, min: 1, max: 10 }
                  REDIS_URL: { type: url, schemes: [ redis, rediss ], required_if: PUBSUB_ADAPTER=redis_streams }
                  SESSION_SECRET: { type: secret, min_length: 32 }
                  JWT_KEY: { type: secret, required: true }

            """);

        var up = (await home.RunAsync("up")).MustExit(3);

        up.MustShow("MODE", "LIMIT", "REDIS_URL", "SESSION_SECRET", "JWT_KEY").MustNotShow("changeme");
        Assert.True(!home.Processes().Any(p => p.CommandLine.Contains("sleep", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_program_or_folder_that_does_not_exist_is_told_by_check()
    {
        await using var home = MainstayHome.Create("""
            stack: gone
            services:
              a: { command: [ no-such-program-here ] }
              b: { command: [ sleep, "1" ], directory: no/such/folder }

            """);

        var check = await home.CheckAsync();

        Assert.Contains(check.Problems, p => p.What.Contains("no-such-program-here", StringComparison.Ordinal));
        Assert.Contains(check.Problems, p => p.What.Contains("no/such/folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_manifest_leaves_what_runs_untouched()
    {
        await using var home = MainstayHome.Create("stack: kept\nservices: { a: { command: [ sleep, \"1000\" ] } }\n");
        await home.UpAsync();
        var before = await home.StatusAsync();

        home.Declare("stack: kept\nservices: { a: { command: [ sleep, \"1000\" ], no_such_key: 1 } }\n");
        (await home.RunAsync("up")).MustExit(3);

        Assert.Equal(before.Pids, (await home.StatusAsync()).Pids);
    }

    [Fact]
    public async Task Wrong_usage_is_exit_2_and_a_missing_manifest_says_where_it_was_looked_for()
    {
        await using var home = MainstayHome.Create();

        (await home.RunAsync("no-such-verb")).MustExit(2);
        (await home.RunAsync("check", "--no-such-flag")).MustExit(2);
        Assert.NotEqual(0, (await home.RunAsync("check")).MustShow("mainstay.yaml").ExitCode);
    }

    [Fact]
    public async Task The_schema_is_printed_and_is_json()
    {
        await using var home = MainstayHome.Create();

        var schema = System.Text.Json.Nodes.JsonNode.Parse((await home.RunAsync("schema")).MustExit(0).Out)!;

        Assert.NotNull(schema["properties"]!["services"]);
    }
}
