using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Reports;
using Mainstay.Spec.Model;
using Mainstay.Testing;

namespace Mainstay.Rollout.Tests.Reports;

public class ReportTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);
    private static readonly ServiceName s_api = new("api");
    private static readonly ServiceName s_web = new("web");

    [Fact]
    public void A_success_tells_what_changed_how_it_went_and_how_to_go_back()
    {
        Golden.Match(MarkdownReport.Of(Succeeded()), "succeeded.md");
        Golden.Match(HtmlReport.Of(Succeeded()), "succeeded.html");
    }

    [Fact]
    public void A_rollback_tells_the_cause_and_what_serves_instead()
    {
        Golden.Match(MarkdownReport.Of(RolledBack()), "rolled-back.md");
        Golden.Match(HtmlReport.Of(RolledBack()), "rolled-back.html");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("</pre></table><h1>you are safe</h1>")]
    public void Hostile_text_is_only_text_in_the_page(string text)
    {
        var page = HtmlReport.Of(Hostile(text));
        Assert.DoesNotContain(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, page.Split("<h1>").Length - 1);
    }

    [Theory]
    [InlineData("| extra | cell |", @"\| extra \| cell \|")]
    [InlineData("[click](http://evil.test)", @"\[click\](http&#58;//evil.test)")]
    [InlineData("![x](https://evil.test/pixel)", @"\!\[x\](https&#58;//evil.test/pixel)")]
    [InlineData("www.evil.test", "www&#46;evil.test")]
    [InlineData("<b>bold</b> & `code`", @"&lt;b&gt;bold&lt;/b&gt; &amp; \`code\`")]
    [InlineData("one\n\n# Heading", @"one  \# Heading")]
    [InlineData("- item", "&#45; item")]
    [InlineData("1. item", "&#49;. item")]
    [InlineData("a\u202eb\u0007c", "a\ufffdb\ufffdc")]
    public void Hostile_text_is_only_text_in_markdown(string text, string written) => Assert.Equal(written, MarkdownReport.Escape(text));

    [Fact]
    public void A_line_of_output_cannot_end_the_block_that_shows_it()
    {
        var report = MarkdownReport.Of(Hostile("```` # out"));
        Assert.Contains("`````text\n```` # out\n`````\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere_and_runs_nothing()
    {
        var page = HtmlReport.Of(Succeeded());
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.Contains("width=device-width", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_that_has_just_begun_has_a_report_too()
    {
        var begun = Succeeded() with { Phase = RolloutPhase.Preparing, EndedAt = null, Steps = [], Restore = [], Services = [] };
        Assert.Contains("not yet", MarkdownReport.Of(begun), StringComparison.Ordinal);
        Assert.Contains("not yet", HtmlReport.Of(begun), StringComparison.Ordinal);
    }

    private static RolloutRecord Hostile(string text)
    {
        var record = RolledBack();
        var service = record.Services[0];
        return record with
        {
            By = text,
            Stack = text,
            Because = text,
            Failure = text,
            Restore = [text],
            Services = [service with { StrategyBecause = text, Source = service.Source! with { Commits = [new(new string('a', 40), text, s_start, text)], Files = [text], Dependencies = [text], Environment = [text], Overrides = [text] } }],
            Steps = [.. record.Steps.Select(s => s with { Because = text, Evidence = [new(text, [text])] })],
        };
    }

    private static RolloutRecord Succeeded() => new(
        12, RolloutKind.Deploy, "shop", "deploy@build-7", s_start, s_start.AddSeconds(192), s_start.AddMinutes(10),
        [
            new(s_api, 0, "20261120T090000Z-aaaaaaaaaaaa", "20261122T130000Z-bbbbbbbbbbbb", DeployStrategy.Rolling, true, "it has two instances and picks its ports, so one can start beside another",
                new("git:" + new string('a', 40), "git:" + new string('b', 40),
                    [new(new string('b', 40), "Ada", s_start.AddHours(-1), "Fix | the <table> of *orders*"), new(new string('c', 40), "Bob", s_start.AddHours(-2), "Update express")],
                    ["M package-lock.json", "M server.js", "A routes/new.js"], 3, ["express 4.18.2 → 4.19.0"], ["API_URL added", "TOKEN changed"], []),
                [new("api-1", 100, "20261120T090000Z-aaaaaaaaaaaa", "e1"), new("api-2", 101, "20261120T090000Z-aaaaaaaaaaaa", "e2")],
                [new("api-1", 200, "20261122T130000Z-bbbbbbbbbbbb", "e3"), new("api-2", 201, "20261122T130000Z-bbbbbbbbbbbb", "e4")]),
            new(s_web, 1, "rev1", "rev1", DeployStrategy.BlueGreen, false, "its port is fixed and cannot be shared", null, [], []),
        ],
        [
            Step(StepKind.Build, 1, 41, "2 build commands ended well in 40 s", new EvidenceBlock("whole output", ["/home/build.log"])),
            Step(StepKind.Backup, 41, 43, "backup 20261122T130041Z holds 2 files, 976 kB; tested: the restore command succeeded on a copy of the backup", new EvidenceBlock("backup", ["/home/backups/api/20261122T130041Z"])),
            Step(StepKind.Migrate, 43, 45, "migration \"npm run migrate\" ended with exit code 0 after 2 s", new EvidenceBlock("last lines of the migration", ["3 migrations applied"])),
            Step(StepKind.Roll, 45, 132, "all instances run the new release") with { Traffic = new(12345, 0, 0, 0.25) },
            Step(StepKind.Prove, 132, 132.1, "2 processes are proven", new EvidenceBlock("api-1 (pid 200) runs 20261122T130000Z-bbbbbbbbbbbb", ["ok working directory /home/releases/api/20261122T130000Z-bbbbbbbbbbbb"])),
            Step(StepKind.Bake, 132, 192, "watched for 60 s: 0.1 % of requests failed") with { Traffic = new(6000, 6, 0, 0) },
        ],
        RolloutPhase.Succeeded, RolloutWish.Go, "the new release is proven to serve everywhere", null, null, null,
        ["mainstay stop api", "cp -a -- /home/backups/api/20261122T130041Z/paths/0-data/. /srv/data/", "mainstay start api"]);

    private static RolloutRecord RolledBack() => Succeeded() with
    {
        Phase = RolloutPhase.RolledBack,
        Because = "the release from before is proven to serve everywhere",
        Failure = "api-1 exited while it baked",
        UndoneFrom = 1,
        Cause = new("api", "api-1", "it threw while it started: late-boom", [new("last lines", ["Error: late-boom", "    at Timeout._onTimeout (server.js:1:25)"])], ["mend server.js:1 and deploy again"], "release 20261120T090000Z-aaaaaaaaaaaa serves on"),
        Steps =
        [
            Step(StepKind.Bake, 132, 140, "api-1 exited") with { State = StepState.Failed, Traffic = new(700, 2, 0.5, 1.5) },
            Step(StepKind.Undo, 140, 150, "20261120T090000Z-aaaaaaaaaaaa serves everywhere") with { Traffic = new(900, 0, 0, 0) },
        ],
        Restore = [],
    };

    private static RolloutStep Step(StepKind kind, double from, double to, string because, params ImmutableArray<EvidenceBlock> evidence) =>
        new(kind, [s_api], StepState.Done, s_start.AddSeconds(from), s_start.AddSeconds(to), because, evidence, null);
}
