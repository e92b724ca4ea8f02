using Mainstay.Cli.Connection;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary><c>completion</c>: the scripts, and the service names that they ask for while somebody types.</summary>
internal static class CompletionVerb
{
    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var what = context.Invocation.Arguments[0];
        if (what == "services")
        {
            context.Screen.Lines(Services(context));
        }
        else if (CompletionScript.Shells.Contains(what))
        {
            context.Screen.Write(CompletionScript.For(what));
        }
        else
        {
            var nearest = NearestWord.To(what, CompletionScript.Shells);
            throw new CommandFailedException(
                ExitCode.WrongUsage,
                $"there is no completion for \"{what}\"{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}",
                $"try: mainstay completion {string.Join(" | ", CompletionScript.Shells)}");
        }

        return Task.FromResult((int)ExitCode.Done);
    }

    /// <summary>Of the manifest, when one is found and can be read; never a message, since it would land on the line that is being typed.</summary>
    private static IEnumerable<string> Services(VerbContext context)
    {
        try
        {
            var stack = ManifestFile.Read(context.NamedManifest, context.Host).Result.Stack;
            return stack is null ? [] : stack.Services.Select(s => s.Name.Value);
        }
        catch (CommandFailedException)
        {
            return [];
        }
    }
}
