using Mainstay.Contracts;
using Mainstay.Spec;

namespace Mainstay.Cli.Verbs;

/// <summary><c>schema</c>: the manifest's JSON Schema, for editors.</summary>
internal static class SchemaVerb
{
    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        context.Screen.Line(ManifestSchema.Text.TrimEnd());
        return Task.FromResult((int)ExitCode.Done);
    }
}
