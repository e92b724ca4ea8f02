using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Output.Rollouts;

/// <summary>One rollout: how it stands, its services, its steps with what traffic met meanwhile, and what the steps saw.</summary>
internal static class RolloutText
{
    /// <summary>The output of a long build stands whole in the report.</summary>
    private const int MostEvidence = 30;

    private static readonly Column[] Columns =
    [
        new("STEP"), new("STATE"), new("TOOK", Right: true, Dispensable: 1), new("REQUESTS", Right: true, Dispensable: 3),
        new("FAILED", Right: true, Dispensable: 2), new("DOWNTIME", Right: true, Dispensable: 4), new("HELD", Right: true, Dispensable: 5),
    ];

    public static List<string> Render(RolloutRecord rollout, Moments moments, int width, Palette palette)
    {
        var lines = Head(rollout, moments, width, palette);
        foreach (var service in rollout.Services)
        {
            lines.AddRange(Wrap.Hanging($"  {service.Name}: ", $"{RolloutWords.Way(service)}, {RolloutWords.Of(service.Strategy)}: {Clean(service.StrategyBecause)}", width));
            lines.AddRange(Sights("    before: ", service.Before, width));
            lines.AddRange(Sights("    after:  ", service.After, width));
        }

        lines.Add("");
        lines.AddRange(Steps(rollout, moments, palette).Render(width, palette));
        foreach (var step in rollout.Steps)
        {
            lines.AddRange(step.Evidence.SelectMany(block => Evidence(rollout, step, block, width, palette)));
        }

        if (rollout.Cause is { } cause)
        {
            lines.Add("");
            lines.AddRange(ReportText.Of(cause, palette));
        }

        if (!rollout.Restore.IsEmpty)
        {
            lines.Add("");
            lines.AddRange(Wrap.Lines("the backup can be brought back by these commands; nothing runs them by itself:", width));
            lines.AddRange(rollout.Restore.Select(command => $"  {Clean(command)}"));
        }

        return lines;
    }

    private static List<string> Head(RolloutRecord rollout, Moments moments, int width, Palette palette)
    {
        var lines = Wrap.Lines($"rollout {rollout.Number}: {RolloutWords.Of(rollout.Kind)} of {rollout.Stack} by {Clean(rollout.By)}", width);
        var word = RolloutWords.Of(rollout.Phase);
        var state = Wrap.Hanging("  ", $"{word}: {Clean(rollout.Because)}", width);
        state[0] = $"  {RolloutWords.State(rollout.Phase, palette).Padded(0, right: false)}{state[0][(2 + word.Length)..]}";
        lines.AddRange(state);
        lines.AddRange(Wrap.Hanging("  ", Times(rollout, moments), width));
        if (rollout.Failure is { } failure && failure != rollout.Because)
        {
            lines.AddRange(Wrap.Hanging("  why: ", Clean(failure), width));
        }

        return lines;
    }

    private static string Times(RolloutRecord rollout, Moments moments)
    {
        var began = $"began {moments.When(rollout.StartedAt)}";
        if (rollout.HasEnded)
        {
            return $"{began}, took {moments.Took(rollout.StartedAt, rollout.EndedAt)}";
        }

        var wish = rollout.Wish switch
        {
            RolloutWish.Go => "",
            RolloutWish.Pause => "; paused: mainstay rollout resume",
            RolloutWish.Abort => "; being aborted",
        };
        return $"{began}, {moments.Took(rollout.StartedAt, null)} ago, to serve by {moments.When(rollout.Deadline)}{wish}";
    }

    private static List<string> Sights(string lead, ImmutableArray<InstanceSight> sights, int width) => sights.IsEmpty
        ? []
        : Wrap.Hanging(lead, Clean(string.Join(", ", sights.Select(s => s.Pid is { } pid ? $"{s.Id} pid {pid} ({s.Release})" : $"{s.Id} without a process"))), width);

    private static TextTable Steps(RolloutRecord rollout, Moments moments, Palette palette)
    {
        var table = new TextTable(Columns, "BECAUSE");
        foreach (var step in rollout.Steps)
        {
            var traffic = step.Traffic;
            table.Add(
                [
                    RolloutWords.Of(step.Kind),
                    RolloutWords.State(step.State, palette),
                    step.State is StepState.Skipped ? "-" : moments.Took(step.StartedAt, step.EndedAt),
                    Number(traffic?.Requests),
                    new(Number(traffic?.Failed), traffic?.Failed > 0 ? palette.Bad : null),
                    new(traffic is null ? "-" : Words.Duration(traffic.DowntimeS), traffic?.DowntimeS > 0 ? palette.Bad : null),
                    traffic is null ? "-" : Words.Duration(traffic.LongestHoldS),
                ],
                step.Services.IsEmpty ? Clean(step.Because) : $"{Services(rollout, step)}: {Clean(step.Because)}");
        }

        return table;
    }

    private static IEnumerable<string> Evidence(RolloutRecord rollout, RolloutStep step, EvidenceBlock block, int width, Palette palette)
    {
        var title = $"{RolloutWords.Of(step.Kind)} {(step.Services.IsEmpty ? "" : Services(rollout, step))}".TrimEnd();
        yield return "";
        foreach (var line in Wrap.Lines($"{title}: {Clean(block.Title)}", width))
        {
            yield return palette.Bold(line);
        }

        foreach (var line in block.Lines.Take(MostEvidence))
        {
            yield return $"  {Clean(line)}";
        }

        if (block.Lines.Length > MostEvidence)
        {
            yield return $"  ... and {block.Lines.Length - MostEvidence} more: mainstay report {rollout.Number}";
        }
    }

    private static string Services(RolloutRecord rollout, RolloutStep step) =>
        step.Services.Length > 1 && step.Services.Length == rollout.Services.Length ? "all" : string.Join(", ", step.Services);

    private static string Number(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Clean(string text) => Harmless.Text(text, colours: false);
}
