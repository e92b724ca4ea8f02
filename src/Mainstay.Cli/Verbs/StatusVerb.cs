using System.Text;
using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>status</c>: one look.</summary>
internal static class StatusVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var client = await context.Connector.RequireAsync(token);
        if (context.Screen.Json)
        {
            // The daemon's own text: scripts ask often, and reading it here only to write it again would take most of the command's time.
            context.Screen.Line(Encoding.UTF8.GetString((await client.StatusTextAsync(token)).Span));
        }
        else
        {
            context.Screen.Lines(StatusText.Render(await client.StatusAsync(token), new(context.Host.Time), context.Screen.Width, context.Screen.Colours));
        }

        return (int)ExitCode.Done;
    }
}
