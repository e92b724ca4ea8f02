using System.Globalization;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Reports;

/// <summary>What changed between the two releases of one service.</summary>
internal static class SourceSection
{
    private const int ShortCommit = 7;

    public static IEnumerable<ReportBlock> Of(RolloutService service)
    {
        yield return new ReportBlock.Heading(2, $"Changes of {service.Name}");
        if (service.Source is not { } source)
        {
            yield return new ReportBlock.Paragraph("It has no source: its processes were replaced, its files were not touched by Mainstay.");
            yield break;
        }

        yield return new ReportBlock.Paragraph($"From {source.FromId ?? "nothing (first release)"} to {source.ToId}.");
        if (source.Overrides.Length > 0)
        {
            yield return new ReportBlock.Heading(3, "Let pass by who asked");
            yield return new ReportBlock.Items(source.Overrides);
        }

        if (source.Commits.Length > 0)
        {
            yield return new ReportBlock.Heading(3, $"Commits ({source.Commits.Length})");
            yield return new ReportBlock.Table(
                ["commit", "author", "time", "subject"],
                [.. source.Commits.Select(c => System.Collections.Immutable.ImmutableArray.Create(c.Id[..Math.Min(ShortCommit, c.Id.Length)], c.Author, Words.Time(c.At), c.Subject))]);
        }

        if (source.Files.Length > 0)
        {
            yield return new ReportBlock.Heading(3, $"Files ({(source.Files.Length + source.FilesLeftOut).ToString(CultureInfo.InvariantCulture)})");
            yield return new ReportBlock.Code("A added, M modified, D deleted", source.FilesLeftOut == 0 ? source.Files : source.Files.Add($"… and {source.FilesLeftOut} more"));
        }

        yield return new ReportBlock.Paragraph(source.Dependencies.Length == 0 ? "Dependencies: none changed." : $"Dependencies: {source.Dependencies.Length} changed.");
        if (source.Dependencies.Length > 0)
        {
            yield return new ReportBlock.Items(source.Dependencies);
        }

        yield return new ReportBlock.Paragraph(source.Environment.Length == 0 ? "Environment: unchanged." : $"Environment: {source.Environment.Length} changed.");
        if (source.Environment.Length > 0)
        {
            yield return new ReportBlock.Items(source.Environment);
        }
    }
}
