using Mainstay.Cli.Output.Rollouts;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>releases</c>: what is on disk, and what a rollback may choose.</summary>
internal static class ReleasesVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var screen = context.Screen;
        var services = ServiceNames.Read(context.Invocation.Arguments, allWord: true);
        var client = await context.Connector.RequireAsync(token);
        var releases = await client.ReleasesAsync(token);
        var wanted = services.IsEmpty ? releases : [.. releases.Where(r => services.Contains(r.Service))];
        if (screen.Json)
        {
            screen.Document(new(wanted), WireJson.Default.ReleasesDocument);
        }
        else if (!wanted.IsEmpty || services.IsEmpty)
        {
            screen.Lines(ReleasesText.Render(wanted, new(context.Host.Time), screen.Width, screen.Colours));
        }

        var without = services.Where(name => !wanted.Any(r => r.Service == name)).ToList();
        if (without.Count == 0)
        {
            return (int)ExitCode.Done;
        }

        var have = releases.Select(r => r.Service.Value).Distinct(StringComparer.Ordinal).ToList();
        screen.ErrorLine($"mainstay: there is no release of {string.Join(", ", without)}{(have.Count == 0 ? "" : $"; there are releases of {string.Join(", ", have)}")}");
        return (int)ExitCode.Failed;
    }
}
