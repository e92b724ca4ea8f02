using System.Reflection;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>version</c>: of this program, and of the daemon when one runs. Starts nothing.</summary>
internal static class VersionVerb
{
    public static string Own { get; } =
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (context.Screen.Json)
        {
            context.Screen.Document(new(Own, Environment.ProcessId, context.Home.Root), WireJson.Default.VersionDocument);
        }
        else
        {
            context.Screen.Line($"mainstay {Own}");
        }

        return Task.FromResult((int)ExitCode.Done);
    }
}
