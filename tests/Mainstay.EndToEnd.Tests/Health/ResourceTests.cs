using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Health;

public sealed class ResourceTests
{
    private static string Manifest(string more) => $$"""
        stack: limits
        services:
          web:
            command: {{TestServices.Node}}
            port: auto
            healthcheck: {{TestServices.Quick}}
            {{more}}

        """;

    [Fact]
    public async Task A_service_over_its_memory_limit_is_restarted_and_the_cause_is_named()
    {
        await using var home = MainstayHome.Create(Manifest("resources: { memory: 200MB }"));
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Only;

        await Web.GetAsync(before.Port!.Value, "/grow?mb=300");

        await home.BecomesAsync("the swollen process was replaced", s => s["web"].Only is { State: "running", Restarts: 1 } i && i.Pid != before.Pid);
        (await home.RunAsync("events")).MustExit(0).MustShow("memory");
    }

    [Fact]
    public async Task Memory_counts_over_the_whole_process_tree()
    {
        await using var home = MainstayHome.Create($$"""
            stack: limits
            services:
              tree:
                command: "{{TestServices.PythonProgram}} -c 'import time; x = bytearray(300_000_000); time.sleep(1000)' & wait"
                shell: true
                resources: { memory: 150MB }
                restart: { max_restarts: 1, window: 10m, backoff: { initial: 50ms, max: 50ms } }

            """);

        await home.RunAsync("up");

        var parked = await home.BecomesAsync("tree is parked", s => s["tree"].State == "parked");
        Assert.Contains("memory", parked["tree"].Because + parked["tree"].Only.Because, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_service_over_its_warning_level_is_reported_and_left_alone()
    {
        await using var home = MainstayHome.Create(Manifest("resources: { memory: 2GB, memory_warn: 150MB }"));
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Only;

        await Web.GetAsync(before.Port!.Value, "/grow?mb=200");

        await Harness.Eventually.BecomesAsync("the warning is an event", () => home.RunAsync("events"),
            e => e.Out.Contains("memory", StringComparison.OrdinalIgnoreCase));
        var after = (await home.StatusAsync())["web"].Only;
        Assert.Equal((before.Pid, 0), (after.Pid, after.Restarts));
        Assert.True(after.MemoryBytes > 150_000_000, $"{after.MemoryBytes}");
    }

    [Fact]
    public async Task The_open_files_limit_is_the_declared_one()
    {
        await using var home = MainstayHome.Create(Manifest("resources: { open_files: 4242 }"));
        await home.UpAsync();

        var limits = await File.ReadAllTextAsync($"/proc/{(await home.StatusAsync())["web"].Only.Pid}/limits", TestContext.Current.CancellationToken);

        Assert.Matches(@"Max open files\s+4242\s+4242", limits);
    }

    [Fact]
    public async Task A_service_runs_as_its_user()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may switch users");
        await using var home = MainstayHome.Create($$"""
            stack: users
            services:
              web:
                command: [ {{TestServices.PythonProgram}}, app.py ]
                port: auto
                user: nobody
                healthcheck: {{TestServices.Quick}}

            """);
        home.Write("app.py", await File.ReadAllTextAsync(Path.Combine(Testing.Repository.Root(), "tests/python/app.py"), TestContext.Current.CancellationToken));

        await home.UpAsync();

        var web = (await home.StatusAsync())["web"].Only;
        Assert.Equal(65534, (await Web.GetAsync(web.Port!.Value, "/")).Json["user"]!.GetValue<int>());
        var groups = (await File.ReadAllLinesAsync($"/proc/{web.Pid}/status", TestContext.Current.CancellationToken)).Single(l => l.StartsWith("Groups:", StringComparison.Ordinal));
        Assert.DoesNotContain(" 0 ", groups.Replace('\t', ' ') + " ", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_refused_before_anything_starts()
    {
        await using var home = MainstayHome.Create(Manifest("user: nobody-of-that-name"));

        var up = await home.RunAsync("up");

        Assert.NotEqual(0, up.ExitCode);
        up.MustShow("nobody-of-that-name");
    }
}
