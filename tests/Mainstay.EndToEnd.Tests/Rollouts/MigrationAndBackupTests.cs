using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>What changes data is done once, in the new release, after what there was has been kept.</summary>
public sealed class MigrationAndBackupTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task Two_services_that_share_a_migration_run_it_once_in_the_new_release()
    {
        await using var app = await ReleasedApp.CreateAsync();
        var runs = Path.Combine(app.Home.Root, "runs");
        var migrate = $"migrate: [ sh, -c, \"echo $(pwd) >> {runs}\" ]";
        app.DeclareServices(app.Service("web", migrate), app.Service("worker", migrate));
        (await app.DeployAsync()).MustExit(0);
        File.Delete(runs);
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(0);

        var report = (await app.ReportAsync()).MustEndAs("succeeded");
        var ran = Assert.Single(await File.ReadAllLinesAsync(runs, TestContext.Current.CancellationToken));
        Assert.Contains(report.Services.Select(s => Path.Combine(app.Releases, s.Name, s.To!)), d => d == ran);
        Assert.Equal(["web", "worker"], report["migrate"].Services.Order());
        var kinds = report.Steps.Select(s => s.Kind).ToList();
        Assert.True(kinds.IndexOf("migrate") < kinds.IndexOf("roll"));
    }

    [Fact]
    public async Task A_backup_keeps_paths_and_a_dump_for_the_owner_only_and_its_restore_was_tried()
    {
        await using var app = await ReleasedApp.CreateAsync();
        var restored = Path.Combine(app.Home.Root, "restored");
        app.Home.Write("data/orders.db", "order 17");
        var backup = $$"""
            backup:
              paths: [ data ]
              command: "echo 'insert 17' > $MAINSTAY_BACKUP/db.sql"
              restore: "grep -q 17 $MAINSTAY_BACKUP/db.sql && test $MAINSTAY_RESTORE_TEST = 1 && echo tried >> {{restored}}"
              keep: 2
            """;
        app.Declare(backup);
        for (var version = 1; version <= 4; version++)
        {
            await app.Repository.CommitVersionAsync($"{version}");
            (await app.DeployAsync()).MustExit(0);
        }

        var folder = Path.Combine(app.Home.Home, "backups", "web");
        var kept = Directory.GetDirectories(folder);
        Assert.Equal(2, kept.Length);
        foreach (var one in kept.Append(folder))
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(one));
        }

        Assert.Contains(Directory.GetFiles(kept[0], "orders.db", SearchOption.AllDirectories), f => File.ReadAllText(f) == "order 17");
        Assert.Equal("insert 17", (await File.ReadAllTextAsync(Path.Combine(kept[0], "db.sql"), TestContext.Current.CancellationToken)).Trim());
        Assert.True(File.Exists(restored));
        var report = await app.ReportAsync();
        Assert.Contains("restore", report["backup"].Because, StringComparison.Ordinal);
        Assert.Contains(report.Restore, l => l.Contains("MAINSTAY_BACKUP=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("backup: { paths: [ missing ] }", "missing")]
    [InlineData("backup: { command: \"echo no-room >&2; exit 1\" }", "no-room")]
    [InlineData("backup: { command: \"true\" }", "wrote nothing")]
    [InlineData("backup: { command: \"echo x > $MAINSTAY_BACKUP/db\", restore: \"test -z $MAINSTAY_RESTORE_TEST || exit 5\" }", "code 5")]
    public async Task Without_a_backup_that_can_be_restored_nothing_is_changed(string backup, string shown)
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var before = await app.IsWholeAsync("1");
        var migrated = Path.Combine(app.Home.Root, "migrated");
        app.Declare($"{backup}\nmigrate: [ touch, {migrated} ]");
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow(shown);

        Assert.False(File.Exists(migrated));
        Assert.Equal(before.Pids, (await app.IsWholeAsync("1")).Pids);
    }
}
