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

    [Fact]
    public async Task Owners_modes_and_times_are_kept_and_put_back()
    {
        _box.Run("data", "sh", "-c", "chmod 700 . && chmod 2750 sub && chmod 640 orders.db && chown -R nobody: . && touch -d '2020-02-02 02:02:02' orders.db && touch -d '2021-01-01' sub .");
        var was = Look(_box["data"]);
        var backup = (await Run(Spec([_box["data"], _box["data/orders.db"]]))).Backup!;
        Assert.Equal(was, Look(Path.Combine(backup.Directory, "paths/0-data")));
        Assert.Equal(was.Split('\n')[1].Replace("./orders.db", ".", StringComparison.Ordinal), Look(Path.Combine(backup.Directory, "paths/1-orders.db")));
        Directory.Delete(_box["data"], recursive: true);
        _box.Folder("data");
        _box.Run("", "sh", "-c", backup.Restore[1]);
        Assert.Equal(was, Look(_box["data"]));
    }

    [Fact]
    public async Task A_path_that_is_a_link_is_kept_as_what_it_leads_to_and_links_within_as_links()
    {
        _box.Link("current", "data");
        _box.Link("data/latest", "orders.db");
        var backup = (await Run(Spec([_box["current"]]))).Backup!;
        Assert.Equal("orders", File.ReadAllText(Path.Combine(backup.Directory, "paths/0-current/orders.db")));
        Assert.Equal("orders.db", new FileInfo(Path.Combine(backup.Directory, "paths/0-current/latest")).LinkTarget);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_given_to_its_user_is_not_taken_for_a_bad_backup()
    {
        var spec = Spec([_box["data"]], restore: "echo $MAINSTAY_RESTORE_TEST");
        var outcome = await Run(spec, user: "no-such-user");
        Assert.StartsWith("the restore could not be tested: the copy could not be given to the user no-such-user: chown ended with exit code 1", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_tool_of_the_host_gets_what_the_service_declares()
    {
        var commands = new ShellCommands();
        var spec = Spec([_box["data"]], "echo dump > $MAINSTAY_BACKUP/db.sql", "echo $MAINSTAY_RESTORE_TEST");
        var outcome = await Run(spec, "nobody", commands);
        Assert.True(outcome.Ok, outcome.Because);
        Assert.Equal(["cp", "chown", "sh", "cp", "chown", "sh"], commands.Asked.Select(a => a.Command.Shell ? "sh" : a.Command.Argv[0]));
        Assert.All(commands.Asked.Where(a => !a.Command.Shell), a => Assert.True(a.Environment.IsEmpty && a.User is null));
    }

    [Fact]
    public async Task Another_users_command_may_pass_to_its_backup_by_name_and_nobody_into_it()
    {
        var backup = (await Run(Spec([], "echo dump > $MAINSTAY_BACKUP/db.sql"), "nobody")).Backup!;
        Assert.Equal("711 root\n700 nobody", _box.Run("", "stat", "-c", "%a %U", _box["backups/api"], backup.Directory));
    }

    [Fact]
    public async Task What_a_crash_left_of_a_removed_backup_goes_with_the_next()
    {
        _box.Write("backups/api/20200101T000000Z.json", "{}");
        _box.Write("backups/api/20200101T000001Z.json.new", "{");
        await Run(Spec([_box["data"]]));
        Assert.Equal(["20261122T130000Z", "20261122T130000Z.json"], Directory.GetFileSystemEntries(_box["backups/api"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static BackupSpec Spec(ImmutableArray<string> paths, string? command = null, string? restore = null) =>
        new(paths, Shell(command), Shell(restore), 5, TimeSpan.FromSeconds(20));

    private static CommandSpec? Shell(string? text) => text is null ? null : new([text], true, SourceSpan.None);

    private string Look(string path) => _box.Run("", "sh", "-c", $"if test -d {path}; then cd {path} && find . | sort | xargs stat -c '%n %a %u %g %Y'; else stat -c '. %a %u %g %Y' {path}; fi");

    private Task<BackupOutcome> Run(BackupSpec spec, string? user = null, ShellCommands? commands = null) => new BackupRun(commands ?? new ShellCommands(), _store, TreeLimits.Default, _clock).RunAsync(
        new ReleaseContext(s_api, "r1", "abc", _box["release"], ImmutableSortedDictionary<string, string>.Empty.Add("LD_PRELOAD", ""), user, l => l), spec, _ => { }, default);
}
