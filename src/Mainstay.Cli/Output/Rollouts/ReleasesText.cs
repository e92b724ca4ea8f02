using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Output.Rollouts;

/// <summary>The releases on disk: a table for each service, so that a screen of 40 columns has room for their ids.</summary>
internal static class ReleasesText
{
    private static readonly Column[] Columns =
    [
        new("RELEASE"), new("STATE"), new("SOURCE", Dispensable: 4), new("AGE", Right: true, Dispensable: 1), new("SIZE", Right: true, Dispensable: 2), new("FILES", Right: true, Dispensable: 3),
    ];

    public static List<string> Render(ImmutableArray<ReleaseDocument> releases, Moments moments, int width, Palette palette)
    {
        if (releases.IsEmpty)
        {
            return ["no releases yet; `mainstay deploy` makes them of the services' sources"];
        }

        var lines = new List<string>();
        foreach (var service in releases.GroupBy(r => r.Service))
        {
            if (lines.Count > 0)
            {
                lines.Add("");
            }

            lines.Add($"{palette.Bold(service.Key.Value)}:");
            lines.AddRange(Table(service, moments, palette).Render(width, palette));
        }

        return lines;
    }

    private static TextTable Table(IEnumerable<ReleaseDocument> releases, Moments moments, Palette palette)
    {
        var table = new TextTable(Columns, "BECAUSE");
        foreach (var release in releases)
        {
            table.Add(
                [
                    Harmless.Text(release.Id, colours: false),
                    RolloutWords.State(release.State, palette),
                    Harmless.Text(release.Source, colours: false),
                    moments.Ago(release.MadeAt),
                    Words.Bytes(release.Bytes),
                    release.Files.ToString(CultureInfo.InvariantCulture),
                ],
                Harmless.Text(release.Because, colours: false));
        }

        return table;
    }
}
