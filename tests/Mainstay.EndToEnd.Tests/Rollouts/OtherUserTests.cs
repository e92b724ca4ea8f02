using System.Globalization;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>A service of another user is built, backed up and run by that user, in a home that stays closed to it.</summary>
public sealed class OtherUserTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Build_backup_restore_test_and_process_are_all_the_users()
    {
        await using var app = await ReleasedApp.CreateAsync();
        var data = Path.GetDirectoryName(app.Home.Write("data/orders.db", "order 17", 0b110_000_000))!;
        File.SetUnixFileMode(data, OwnerOnly);
        app.Repository.Write("build.sh", "id -un > built\n");
        app.Declare("""
            user: nobody
            build: [ "sh build.sh" ]
            artifacts: [ built ]
            backup:
              paths: [ data ]
              command: "id -un > $MAINSTAY_BACKUP/who"
              restore: "test $MAINSTAY_RESTORE_TEST = 1 && cat $MAINSTAY_BACKUP/paths/*/orders.db && cp $MAINSTAY_BACKUP/who restored"
            """);
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(0);

        var web = await app.IsWholeAsync("2");
        var status = await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{web.Pids.Single()}/status"), TestContext.Current.CancellationToken);
        Assert.Equal("nobody", await WordAsync(Path.Combine(app.Releases, "web", web.Release!, "built")));
        Assert.DoesNotContain("0", status.Single(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t').Skip(1));

        var folder = Path.Combine(app.Home.Home, "backups", "web");
        var backup = Assert.Single(Directory.GetDirectories(folder));
        Assert.Equal("nobody", await WordAsync(Path.Combine(backup, "who")));
        Assert.Equal((Passable, Passable, OwnerOnly), (File.GetUnixFileMode(Path.GetDirectoryName(folder)!), File.GetUnixFileMode(folder), File.GetUnixFileMode(backup)));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Assert.Single(Directory.GetDirectories(Path.Combine(backup, "paths")))));
        Assert.Contains("tested: the restore command succeeded", (await app.ReportAsync())["backup"].Because, StringComparison.Ordinal);
    }

    private static async Task<string> WordAsync(string file) => (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
}
