using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>status</c>: one look.</summary>
internal static class StatusVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var client = await context.Connector.RequireAsync(token);
        var status = await client.StatusAsync(token);
        if (context.Screen.Json)
        {
            context.Screen.Document(status, WireJson.Default.StatusDocument);
        }
        else
        {
            context.Screen.Lines(StatusText.Render(status, context.Screen.Width, context.Screen.Colours));
        }

        return (int)ExitCode.Done;
    }
}
