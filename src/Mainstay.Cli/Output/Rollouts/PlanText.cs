using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Output.Rollouts;

/// <summary>A rollout before it begins: what each service comes from and goes to, how and why, and the steps. A dry run also says what changes.</summary>
internal static class PlanText
{
    private const int MostShown = 20;
    private const string Keeps = "keeps serving";
    private const string Stops = "does not serve meanwhile";

    public static List<string> Of(RolloutRecord rollout, bool dryRun, int width, Palette palette)
    {
        var name = dryRun ? "plan" : $"rollout {rollout.Number}";
        var lines = Wrap.Lines($"{name}: {RolloutWords.Of(rollout.Kind)} of {rollout.Stack} by {Clean(rollout.By)}", width);
        foreach (var service in rollout.Services)
        {
            lines.AddRange(Wrap.Hanging($"  {service.Name}: ", RolloutWords.Way(service), width));
            lines.AddRange(Strategy(service, width, palette));
            if (service.Source is { } source)
            {
                // Nothing has changed since nothing.
                lines.AddRange(service.From is null ? [] : dryRun ? Whole(source, width) : Wrap.Hanging("    ", Short(source), width));
                lines.AddRange(source.Overrides.SelectMany(o => Wrap.Hanging("    allowed: ", Clean(o), width)));
            }
        }

        lines.AddRange(rollout.StackChanges.SelectMany(c => Wrap.Hanging("  ", Clean(c), width)));
        lines.Add(rollout.Steps.IsEmpty ? "  no steps: nothing differs from what serves" : "  steps:");
        for (var i = 0; i < rollout.Steps.Length; i++)
        {
            lines.AddRange(Wrap.Hanging($"  {i + 1,4} ", Step(rollout.Steps[i]), width));
        }

        return lines;
    }

    private static List<string> Strategy(RolloutService service, int width, Palette palette)
    {
        var (word, painted) = service.KeepsServing ? (Keeps, palette.Good(Keeps)) : (Stops, palette.Bad(Stops));
        var lines = Wrap.Hanging("    ", $"{RolloutWords.Of(service.Strategy)}, {word}: {Clean(service.StrategyBecause)}", width);

        // Painted after the wrapping, which counts characters.
        lines[0] = lines[0].Replace(word, painted, StringComparison.Ordinal);
        return lines;
    }

    private static string Step(RolloutStep step)
    {
        var state = step.State is StepState.Pending ? "" : $" ({RolloutWords.Of(step.State)})";
        return $"{RolloutWords.Of(step.Kind)} {string.Join(", ", step.Services)}".TrimEnd() + $"{state}: {Clean(step.Because)}";
    }

    private static string Short(SourceChange source)
    {
        var counts = new List<string>
        {
            Words.Count(source.Commits.Length, "commit"),
            Words.Count(source.Files.Length + source.FilesLeftOut, "file"),
        };
        if (!source.Dependencies.IsEmpty)
        {
            counts.Add(Words.Count(source.Dependencies.Length, "dependency", "dependencies"));
        }

        if (!source.Environment.IsEmpty)
        {
            counts.Add(Words.Count(source.Environment.Length, "variable"));
        }

        return $"changes: {string.Join(", ", counts)}";
    }

    private static IEnumerable<string> Whole(SourceChange source, int width) =>
    [
        .. Block(Words.Count(source.Commits.Length, "commit"), [.. source.Commits.Select(c => $"{c.Id} {c.Subject} ({c.Author})")], 0, width),
        .. Block(Words.Count(source.Files.Length + source.FilesLeftOut, "file"), source.Files, source.FilesLeftOut, width),
        .. Block(Words.Count(source.Dependencies.Length, "dependency", "dependencies"), source.Dependencies, 0, width),
        .. Block(Words.Count(source.Environment.Length, "variable"), source.Environment, 0, width),
    ];

    private static IEnumerable<string> Block(string title, IReadOnlyList<string> each, int leftOut, int width)
    {
        if (each.Count == 0)
        {
            yield break;
        }

        yield return $"    {title}:";
        foreach (var one in each.Take(MostShown))
        {
            foreach (var line in Wrap.Hanging("      ", Clean(one), width))
            {
                yield return line;
            }
        }

        var more = each.Count - Math.Min(each.Count, MostShown) + leftOut;
        if (more > 0)
        {
            yield return $"      ... and {more} more";
        }
    }

    private static string Clean(string text) => Harmless.Text(text, colours: false);
}
