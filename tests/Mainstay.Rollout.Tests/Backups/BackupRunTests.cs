using System.Collections.Immutable;
using Mainstay.Rollout.Backups;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;
using Mainstay.Testing;

namespace Mainstay.Rollout.Tests.Backups;

public sealed class BackupRunTests : IDisposable
{
    private static readonly ServiceName s_api = new("api");

    private readonly Sandbox _box = new();
    private readonly ManualTimeProvider _clock = new(new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero));
    private readonly BackupStore _store;

    public BackupRunTests()
    {
        _store = new(_box["backups"], _clock);
        _box.Write("release/x", "x");
        _box.Write("data/orders.db", "orders");
        _box.Write("data/sub/more.db", "more");
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task Paths_are_copied_compared_and_offered_with_the_command_that_puts_them_back()
    {
        var outcome = await Run(Spec([_box["data"]]));
        Assert.True(outcome.Ok, outcome.Because);
        var backup = outcome.Backup!;
        Assert.Equal(["paths/0-data/orders.db", "paths/0-data/sub/more.db"], _box.Files("backups/api/20261122T130000Z"));
        Assert.Equal((2, 10L, true), (backup.Files, backup.Bytes, backup.IsTested));
        Assert.Equal(["mainstay stop api", $"cp -a -- {backup.Directory}/paths/0-data/. {_box["data"]}/", "mainstay start api"], backup.Restore);
        File.Delete(_box["data/orders.db"]);
        _box.Run("", "sh", "-c", backup.Restore[1]);
        Assert.Equal("orders", File.ReadAllText(_box["data/orders.db"]));
    }

    [Fact]
    public async Task A_backup_is_for_the_owner_alone()
    {
        var backup = (await Run(Spec([_box["data"]]))).Backup!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(backup.Directory));
    }

    [Fact]
    public async Task A_command_writes_into_the_backup_and_its_restore_is_tested_on_a_copy_in_an_empty_directory()
    {
        var outcome = await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql", "test \"$MAINSTAY_RESTORE_TEST\" = 1 && test -z \"$(ls)\" && grep -q dump $MAINSTAY_BACKUP/db.sql && rm $MAINSTAY_BACKUP/db.sql"));
        Assert.True(outcome.Ok, outcome.Because);
        Assert.True(outcome.Backup!.IsTested);
        Assert.EndsWith("tested: the restore command succeeded on a copy of the backup", outcome.Because, StringComparison.Ordinal);
        Assert.Equal("dump\n", File.ReadAllText(Path.Combine(outcome.Backup.Directory, "db.sql")));
        Assert.DoesNotContain(Directory.GetDirectories(_box["backups/api"]), d => d.Contains(".test-", StringComparison.Ordinal));
        Assert.Contains($"MAINSTAY_BACKUP={outcome.Backup.Directory}", string.Join('\n', outcome.Backup.Restore), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_fails_its_test_fails_the_backup()
    {
        var outcome = await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql", "echo no such table >&2; exit ${MAINSTAY_RESTORE_TEST}"));
        Assert.Contains("the backup cannot be restored", outcome.Because, StringComparison.Ordinal);
        Assert.Equal(["no such table"], outcome.Evidence[0].Lines);
        Assert.Empty(_store.List(s_api));
    }

    [Fact]
    public async Task A_restore_that_knows_nothing_of_tests_is_never_run()
    {
        var outcome = await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql", $"touch {_box["overwritten"]}"));
        Assert.True(outcome.Ok, outcome.Because);
        Assert.False(outcome.Backup!.IsTested);
        Assert.Contains("does not mention MAINSTAY_RESTORE_TEST", outcome.Backup.Tested, StringComparison.Ordinal);
        Assert.False(File.Exists(_box["overwritten"]));
    }

    [Fact]
    public async Task A_script_of_the_release_may_know_of_the_test_instead_of_the_command()
    {
        _box.Write("release/restore.sh", $"test -n \"$MAINSTAY_RESTORE_TEST\" && touch {_box["ran"]}");
        var outcome = await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql", "sh $MAINSTAY_RELEASE_DIR/restore.sh"));
        Assert.True(outcome.Backup!.IsTested, outcome.Because);
        Assert.True(File.Exists(_box["ran"]));
    }

    [Fact]
    public async Task Without_a_restore_command_a_dump_is_said_to_be_untested()
    {
        var outcome = await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql"));
        Assert.EndsWith("not testable: no restore command", outcome.Because, StringComparison.Ordinal);
        Assert.False(outcome.Backup!.IsTested);
    }

    [Theory]
    [InlineData("true", "wrote nothing into $MAINSTAY_BACKUP")]
    [InlineData("false | cat > $MAINSTAY_BACKUP/db.sql", "wrote nothing into $MAINSTAY_BACKUP")]
    [InlineData("exit 4", "ended with exit code 4")]
    public async Task A_command_that_fails_or_leaves_nothing_is_no_backup(string command, string why)
    {
        var outcome = await Run(Spec([_box["data"]], command));
        Assert.False(outcome.Ok);
        Assert.Contains(why, outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_are_kept_and_half_ones_removed()
    {
        _box.Folder("backups/api/20200101T000000Z");
        for (var i = 0; i < 4; i++)
        {
            Assert.True((await Run(Spec([_box["data"]]) with { Keep = 2 })).Ok);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["20261122T130300Z", "20261122T130200Z"], _store.List(s_api).Select(b => b.Id));
        Assert.Equal(2, Directory.GetDirectories(_box["backups/api"]).Length);
    }

    [Fact]
    public async Task A_missing_path_is_named()
    {
        Assert.Equal($"{_box["nothing"]} of backup.paths does not exist", (await Run(Spec([_box["nothing"]]))).Because);
    }

    private static BackupSpec Spec(ImmutableArray<string> paths, string? command = null, string? restore = null) =>
        new(paths, Shell(command), Shell(restore), 5, TimeSpan.FromSeconds(20));

    private static CommandSpec? Shell(string? text) => text is null ? null : new([text], true, SourceSpan.None);

    private Task<BackupOutcome> Run(BackupSpec spec) => new BackupRun(new ShellCommands(), _store, TreeLimits.Default, _clock).RunAsync(
        new ReleaseContext(s_api, "r1", "abc", _box["release"], ImmutableSortedDictionary<string, string>.Empty, null, l => l), spec, _ => { }, default);
}
