using System.Net;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>A report tells a person who was not there everything about a rollout, in three forms.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task A_report_says_who_what_how_and_how_to_undo_it()
    {
        await using var app = await ReleasedApp.DeployedAsync("environment: { MODE: old }", instances: 2);
        var first = await app.IsWholeAsync("1", 2);
        app.Declare("environment: { MODE: new }\nmigrate: \"echo migrated-well\"\nbackup: { command: \"echo x > $MAINSTAY_BACKUP/db\" }", instances: 2);
        app.Repository.Write("package.json", """{ "name": "released", "version": "1.0.0", "dependencies": { } }""");
        var commit = await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        var second = await app.IsWholeAsync("2", 2);

        var view = await app.ReportAsync();
        var source = view.Services[0].Source!;
        Assert.Contains("@", view.By, StringComparison.Ordinal);
        Assert.EndsWith(commit, source.ToId, StringComparison.Ordinal);
        Assert.Equal(("version 2", "Ada Tester"), (source.Commits[0].Subject, source.Commits[0].Author));
        Assert.Contains("M release.json", source.Files);
        Assert.Contains("M package.json", source.Files);
        Assert.Contains(source.Environment, e => e.Contains("MODE", StringComparison.Ordinal));
        Assert.Equal(first.Pids.Order(), view.Services[0].Before.Select(b => b.Pid!.Value).Order());
        Assert.Equal(second.Pids.Order(), view.Services[0].After.Select(a => a.Pid!.Value).Order());
        Assert.All(view.Steps.Where(s => s.State == "done" && s.Kind != "preflight"), s => Assert.NotNull(s.EndedAt));

        var html = Path.Combine(app.Home.Root, "report.html");
        (await app.RunAsync("report", "-o", html)).MustExit(0);
        var texts = new[] { (await app.RunAsync("report")).MustExit(0).Out, await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken) };
        foreach (var text in texts)
        {
            string[] wanted =
            [
                view.By, commit[..7], "version 2", "M release.json", "MODE", "migrated-well", Path.Combine(app.Home.Home, "backups", "web"), "requests meanwhile", "downtime at the edge", "mainstay rollback",
                "ok working directory", first.Release!, second.Release!, .. first.Pids.Concat(second.Pids).Select(p => $"{p}"), .. view.Steps.Select(s => s.Kind),
            ];
            Assert.All(wanted, word => Assert.Contains(word, WebUtility.HtmlDecode(text), StringComparison.Ordinal));
        }

        Assert.StartsWith("<!DOCTYPE html>", texts[1], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, (await app.ReportAsync("1")).Number);
        (await app.RunAsync("rollouts")).MustExit(0).MustShow("succeeded", "2");
    }

    [Fact]
    public async Task A_commit_that_calls_itself_markup_stays_text()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        app.Repository.Write("release.json", "{ \"version\": \"2\" }");
        await app.Repository.CommitAsync("<script>alert(1)</script> | **bold** `code`");
        (await app.DeployAsync()).MustExit(0);

        (await app.RunAsync("report", "--html")).MustExit(0).MustShow("alert(1)").MustNotShow("<script>alert");
    }
}
