using System.Collections.Immutable;
using Mainstay.Rollout.Building;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Building;

public sealed class BuildRunTests : IDisposable
{
    private readonly Sandbox _box = new();
    private readonly ShellCommands _commands = new();
    private readonly List<string> _lines = [];

    public BuildRunTests() => _box.Folder("release");

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task Commands_run_in_the_release_with_the_declared_variables_and_what_they_are_built_from()
    {
        var outcome = await Build("echo $GREETING $MAINSTAY_RELEASE $MAINSTAY_COMMIT > out.txt", "pwd; echo ${NODE_ENV-unset}");
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal("hello r1 abc\n", File.ReadAllText(_box["release/out.txt"]));
        Assert.Equal([_box["release"], "unset"], _lines);
        Assert.StartsWith("2 build commands ended well", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_command_that_fails_ends_the_build_and_is_named()
    {
        var outcome = await Build("true", "echo broken >&2; exit 3", "touch never");
        Assert.StartsWith("build command 2 of 3 \"echo broken >&2; exit 3\" ended with exit code 3", outcome.Because, StringComparison.Ordinal);
        Assert.Equal(["broken"], outcome.Evidence[0].Lines);
        Assert.False(File.Exists(_box["release/never"]));
    }

    [Fact]
    public async Task A_command_killed_by_a_signal_and_one_that_cannot_start_are_told_apart()
    {
        Assert.Contains("was killed by SIG9", (await Build("kill -9 $$")).Because, StringComparison.Ordinal);
        var outcome = await Build([new CommandSpec(["no-such-program"], false, SourceSpan.None)], TimeSpan.FromSeconds(9));
        Assert.Contains("could not be started", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_commands_share_one_time_limit()
    {
        var outcome = await Build([Shell("true"), Shell("sleep 60")], TimeSpan.FromMilliseconds(300));
        Assert.Contains("command 2 of 2 \"sleep 60\" did not end in", outcome.Because, StringComparison.Ordinal);
        Assert.Contains("the whole build has 0.3 s", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_output_is_kept_whole_up_to_a_megabyte()
    {
        var outcome = await Build("seq 1 500", "yes 0123456789012345678901234567890123456789 | head -c 2000000");
        Assert.True(outcome.Ok, outcome.Because);
        var log = File.ReadAllLines(_box["build.log"]);
        Assert.Equal(["$ seq 1 500", "1", "2"], log.Take(3));
        Assert.Equal("… more than 1 MB of output; the rest was left out", log[^1]);
        Assert.InRange(new FileInfo(_box["build.log"]).Length, 1_000_000, BuildLog.MostBytes + 100);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_box["build.log"]));
    }

    [Fact]
    public async Task Evidence_and_sentences_are_redacted()
    {
        var outcome = await Build("echo hello-secret; exit 1");
        Assert.Equal(["hello-***"], outcome.Evidence[0].Lines);
        Assert.DoesNotContain("hello-secret", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abort_ends_the_build_at_once()
    {
        using var abort = new CancellationTokenSource();
        var build = new BuildRun(_commands, TimeProvider.System).RunAsync(Context, [Shell("echo on; sleep 60")], TimeSpan.FromMinutes(5), _box["build.log"], _ => abort.Cancel(), abort.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
    }

    [Fact]
    public async Task A_migration_says_how_it_ended()
    {
        var run = new MigrateRun(_commands);
        var good = await run.RunAsync(Context, new(Shell("echo 3 migrations applied"), TimeSpan.FromSeconds(9)), _ => { }, default);
        Assert.True(good.Ok);
        Assert.Equal(["3 migrations applied"], good.Evidence[0].Lines);
        var bad = await run.RunAsync(Context, new(Shell("exit 1"), TimeSpan.FromSeconds(9)), _ => { }, default);
        Assert.StartsWith("migration \"exit 1\" ended with exit code 1", bad.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_ends_the_log_and_not_the_build()
    {
        using var log = new BuildLog(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        var outcome = await new BuildRun(_commands, TimeProvider.System).RunAsync(Context, [Shell("echo one; echo two; touch made")], TimeSpan.FromSeconds(30), log, _lines.Add, default);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.True(File.Exists(_box["release/made"]));
        Assert.Equal(["one", "two"], _lines);
        Assert.Contains("No space left on device", log.Fault, StringComparison.Ordinal);
        Assert.Contains("its output could not be kept whole: No space left", BuildRun.WithLog(outcome, log, "build.log").Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_is_given_to_its_user_by_a_command_that_gets_nothing_the_service_declares()
    {
        var context = Context with { User = "nobody", Environment = Context.Environment.Add("PATH", _box["evil"]).Add("LD_PRELOAD", _box["evil.so"]) };
        _box.Write("release/sub/file", "x");
        Assert.Null(await new BuildRun(_commands, TimeProvider.System).GiveAsync(context, TimeSpan.FromSeconds(30), default));
        var asked = Assert.Single(_commands.Asked);
        Assert.Equal("chown", asked.Command.Argv[0]);
        Assert.Empty(asked.Environment);
        Assert.Null(asked.User);
        Assert.Equal("nobody nobody", _box.Run("release", "stat", "-c", "%U", ".", "sub/file").Replace('\n', ' '));
    }

    private ReleaseContext Context => new(
        new("api"), "r1", "abc", _box["release"], ImmutableSortedDictionary<string, string>.Empty.Add("GREETING", "hello"), null, l => l.Replace("secret", "***", StringComparison.Ordinal));

    private static CommandSpec Shell(string text) => new([text], true, SourceSpan.None);

    private Task<WorkOutcome> Build(params string[] commands) => Build([.. commands.Select(Shell)], TimeSpan.FromSeconds(30));

    private Task<WorkOutcome> Build(ImmutableArray<CommandSpec> commands, TimeSpan timeout) =>
        new BuildRun(_commands, TimeProvider.System).RunAsync(Context, commands, timeout, _box["build.log"], _lines.Add, default);
}
