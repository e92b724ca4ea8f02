using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Output.Rollouts;

/// <summary>The list of rollouts, a line each.</summary>
internal static class RolloutsText
{
    private static readonly Column[] Columns =
    [
        new("ROLLOUT", Right: true), new("KIND", Dispensable: 3), new("STATE"), new("BY", Dispensable: 4), new("BEGAN", Dispensable: 2), new("TOOK", Right: true, Dispensable: 1),
    ];

    public static List<string> Render(ImmutableArray<RolloutRecord> rollouts, Moments moments, int width, Palette palette)
    {
        if (rollouts.IsEmpty)
        {
            return ["no rollouts yet; `mainstay deploy` begins one"];
        }

        var table = new TextTable(Columns, "SERVICES AND WHY");
        foreach (var rollout in rollouts)
        {
            table.Add(
                [
                    rollout.Number.ToString(CultureInfo.InvariantCulture),
                    RolloutWords.Of(rollout.Kind),
                    RolloutWords.State(rollout.Phase, palette),
                    Harmless.Text(rollout.By, colours: false),
                    moments.When(rollout.StartedAt),
                    moments.Took(rollout.StartedAt, rollout.EndedAt),
                ],
                Sentence(rollout));
        }

        return table.Render(width, palette);
    }

    private static string Sentence(RolloutRecord rollout)
    {
        var services = string.Join(", ", rollout.Services.Select(s => $"{s.Name} {RolloutWords.Way(s)}"));
        var wish = rollout.HasEnded ? "" : rollout.Wish switch
        {
            RolloutWish.Go => "",
            RolloutWish.Pause => "; paused",
            RolloutWish.Abort => "; being aborted",
        };

        // At the end, the reason says more than the state, which stands beside it.
        var why = rollout.HasEnded ? rollout.Failure ?? rollout.Because : rollout.Because;
        return $"{services}: {Harmless.Text(why, colours: false)}{wish}";
    }
}
