using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Load;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>The daemon is killed in the middle of each step; the next command starts another, and the rollout ends by itself in old or new.</summary>
public sealed class RolloutDeathTests : IAsyncLifetime
{
    private ReleasedApp _app = null!;
    private Gate _gate = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await ReleasedApp.CreateAsync(instances: 2);
        _app.StartPeriod = "60s";
        _app.Declare(instances: 2);
        _gate = Gate.In(_app.Home, "gate");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public Task In_fetch()
    {
        // The daemon finds this git before the real one.
        var real = Environment.GetEnvironmentVariable("PATH")!;
        var script = $"#!/bin/sh\ncase \"$* $PWD $GIT_WORK_TREE $GIT_INDEX_FILE\" in *.preflight*) ;; *checkout*) test -f {_app.Home.Root}/hold && {{ echo came >> {_app.Home.Root}/gate/came; while ! test -f {_gate.Way}; do sleep 0.05; done; }};; esac\nPATH={real} exec git \"$@\"\n";
        Write(Path.Combine(_app.Home.Root, "bin", "git"), script);
        _app.Home.Environment.Add(("PATH", $"{_app.Home.Root}/bin:{real}"));
        return DiesAsync(
            prepare: () => Write(Path.Combine(_app.Home.Root, "hold"), ""),
            reached: _ => _gate.ArrivedAsync(),
            ends: "succeeded");
    }

    [Fact]
    public Task In_build() => DiesAsync(() => Declare($"build: [ {_gate.Command()} ]"), _ => _gate.ArrivedAsync(), "succeeded");

    [Fact]
    public Task In_artifacts() => DiesAsync(() => Declare("build: [ [ truncate, -s, 400M, big.bin ] ]"), Says("every file is hashed\n"), "succeeded");

    [Fact]
    public Task In_backup() => DiesAsync(() => Declare($"backup: {{ command: {_gate.Command("echo data > $MAINSTAY_BACKUP/data.sql")} }}"), _ => _gate.ArrivedAsync(), "succeeded");

    [Fact]
    public async Task In_migrate()
    {
        await DiesAsync(() => Declare($"migrate: {_gate.Command()}"), _ => _gate.ArrivedAsync(), "failed");

        Assert.Equal(1, _gate.Arrivals);
        Assert.Contains("how far it came is unknown", (await _app.ReportAsync()).Because, StringComparison.Ordinal);
    }

    [Fact]
    public Task In_roll_before_the_first_promotion() => DiesAsync(
        () => Task.CompletedTask, _ => _gate.ArrivedAsync(), "succeeded", $"\"waitsFor\": \"{{0}}\"");

    [Fact]
    public Task In_roll_after_the_first_promotion() => DiesAsync(
        () => Task.CompletedTask, _ => _gate.ArrivedAsync(), "succeeded", $"\"waitsFor\": \"{{0}}\", \"waits\": \"1\"");

    [Fact]
    public Task In_verification() => DiesAsync(
        () => { _app.Declare(instances: 2, deploy: $"verify: [ {{ command: {_gate.Command()}, timeout: 60s }} ]"); return Task.CompletedTask; }, _ => _gate.ArrivedAsync(), "succeeded");

    [Fact]
    public async Task In_apply()
    {
        // What the manifest no longer has goes in this step, and takes its time.
        var slow = $"  slow: {{ command: \"trap 'echo came >> {_app.Home.Root}/gate/came; while ! test -f {_gate.Way}; do sleep 0.05; done; exit 0' TERM; while :; do sleep 0.05; done\", shell: true, stop: {{ grace: 60s }}, deploy: {{ bake: 1s }} }}\n";
        var with = (await File.ReadAllTextAsync(_app.Home.Manifest, TestContext.Current.CancellationToken)).Replace("routes:", slow + "routes:", StringComparison.Ordinal);
        _app.Home.Declare(with);
        await DiesAsync(() => Declare(""), _ => _gate.ArrivedAsync(), "succeeded");
        Assert.False((await _app.Home.StatusAsync()).Has("slow"));
    }

    [Fact]
    public Task In_prove() => DiesAsync(() => Task.CompletedTask, Says("as the kernel tells\n"), "succeeded");

    [Fact]
    public Task In_bake() => DiesAsync(() => { _app.Declare(instances: 2, deploy: "bake: 3s"); return Task.CompletedTask; }, Says("watched for 3 s\n"), "succeeded");

    [Fact]
    public Task In_undo() => DiesAsync(
        () => { _app.Declare(instances: 2, deploy: "bake: 30s"); return Task.CompletedTask; },
        async deploy =>
        {
            await Says("watched for 30 s\n")(deploy);
            await using var abort = _app.Home.Start("rollout", "abort");
            await Says("comes back\n")(deploy);
        },
        "rolled_back");

    /// <param name="prepare">Arranges that the rollout waits at the gate, once version 1 serves.</param>
    /// <param name="reached">The daemon is killed when this returns.</param>
    /// <param name="release">What version 2 is beside its version; {0} is the gate's way.</param>
    private async Task DiesAsync(Func<Task> prepare, Func<Child, Task> reached, string ends, string release = "")
    {
        (await _app.DeployAsync()).MustExit(0);
        await _app.IsWholeAsync("1", 2);
        await using var load = await _app.LoadAsync(connections: 4);
        await prepare();
        await _app.Repository.CommitVersionAsync("2", release.Replace("{0}", _gate.Way, StringComparison.Ordinal));
        var daemon = (await _app.Home.StatusAsync()).Daemon.Pid;
        await using (var deploy = _app.Home.Start("deploy"))
        {
            await reached(deploy);
            await MainstayHome.KillAsync(daemon);
        }

        await load.FlowsAsync();
        (await _app.RunAsync("status")).MustExit(0);
        _gate.Open();
        var rollout = (await _app.EndedAsync()).MustEndAs(ends);

        await _app.IsWholeAsync(rollout.Phase == "succeeded" ? "2" : "1", 2);
        await Eventually.BecomesAsync("nothing of a command is left", () => Task.FromResult(_app.Home.Processes()), left => left.All(p => !p.CommandLine.StartsWith("sh -c", StringComparison.Ordinal)));
        await load.FlowsAsync();
        (await load.StopAsync()).MustHaveLostNothing();
    }

    private Task Declare(string more)
    {
        _app.Declare(more, instances: 2);
        return Task.CompletedTask;
    }

    private static Func<Child, Task> Says(string text) => deploy =>
        Eventually.TrueAsync($"deploy says {text}", () => deploy.Out.Split("\nweb: a clean checkout", 2) is [_, var told] && told.Contains(text, StringComparison.Ordinal), ReleasedApp.Patience);

    private static Task Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return Task.CompletedTask;
    }
}
