using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Problems;

namespace Mainstay.Cli.Output;

/// <summary>Problems and explained failures as people read them.</summary>
internal static class ReportText
{
    /// <summary>Cause first, then the evidence, then what to try, then what serves meanwhile.</summary>
    public static List<string> Of(FailureReport failure, Palette palette)
    {
        var lines = new List<string> { palette.Bad(failure.Instance ?? failure.Service) + ": " + Clean(failure.Cause) };
        foreach (var block in failure.Evidence)
        {
            lines.Add($"  {Clean(block.Title)}:");
            lines.AddRange(block.Lines.Select(line => $"    {Clean(line)}"));
        }

        lines.AddRange(failure.Try.Select(advice => $"  {palette.Bold("try:")} {Clean(advice)}"));
        if (failure.Kept is not null)
        {
            lines.Add($"  {palette.Good("still serving:")} {Clean(failure.Kept)}");
        }

        return lines;
    }

    /// <summary>By file, line and column, so that a manifest can be mended from top to bottom.</summary>
    public static List<string> Of(IEnumerable<Problem> problems, Palette palette)
    {
        var lines = new List<string>();
        foreach (var problem in Sorted(problems))
        {
            var code = problem.Severity is Severity.Error ? palette.Bad(problem.Code) : palette.Warn($"warning {problem.Code}");
            var place = problem.Where.ToString();
            lines.Add($"{(place.Length == 0 ? "" : place + ": ")}{code}: {Clean(problem.What)}");
            lines.Add($"  fix: {Clean(problem.Fix)}");
        }

        return lines;
    }

    public static ImmutableArray<Problem> Sorted(IEnumerable<Problem> problems) =>
    [
        .. problems
            .OrderBy(p => p.Where.File, StringComparer.Ordinal)
            .ThenBy(p => p.Where.Line)
            .ThenBy(p => p.Where.Column)
            .ThenBy(p => p.Code, StringComparer.Ordinal),
    ];

    /// <summary>Names of files, subjects of commits and output of services stand in all of it.</summary>
    private static string Clean(string text) => Harmless.Text(text, colours: false);
}
