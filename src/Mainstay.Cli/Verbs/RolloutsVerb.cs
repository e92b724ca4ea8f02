using Mainstay.Cli.Output.Rollouts;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>rollouts</c>: what was rolled out, by whom and what came of it.</summary>
internal static class RolloutsVerb
{
    private const int Usual = 20;
    private const int Most = 1_000;

    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var screen = context.Screen;
        var limit = Counts.Read(context.Invocation.Value(VerbTable.Lines), "--lines", Most) ?? Usual;
        var client = await context.Connector.RequireAsync(token);
        var rollouts = await client.RolloutsAsync(limit, token);
        if (screen.Json)
        {
            screen.Document(new(rollouts), WireJson.Default.RolloutsDocument);
        }
        else
        {
            screen.Lines(RolloutsText.Render(rollouts, new(context.Host.Time), screen.Width, screen.Colours));
        }

        return (int)ExitCode.Done;
    }
}
