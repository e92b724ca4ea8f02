using System.Collections.Immutable;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Output;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary>A manifest on its way to the daemon, as <c>up</c> and <c>deploy</c> send it, or why it does not get there.</summary>
internal static class ManifestRequest
{
    /// <summary>Of the user's environment, only what the manifest names leaves this process. Throws (exit 2) for a service that it does not declare.</summary>
    public static ApplyRequest Of(ReadManifest manifest, StackSpec stack, ImmutableArray<ServiceName> services)
    {
        CheckNames(services, stack);
        var (source, result) = manifest;
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in result.VariablesNamed)
        {
            if (source.Variables.TryGetValue(name, out var value))
            {
                variables[name] = value;
            }
        }

        return new(source.File, source.Directory, source.Text, variables.ToImmutable(), services);
    }

    /// <summary>Shows every problem of a manifest that cannot be understood; nobody was asked for anything.</summary>
    public static int Refuse(VerbContext context, ManifestResult result)
    {
        var summary = "the manifest has problems; nothing was changed";
        var (problems, _) = CheckVerb.Examine(context, result);
        if (context.Screen.Json)
        {
            context.Screen.Document(new OperationMessage(Result: new(ExitCode.Problems, summary, problems, [])), WireJson.Default.OperationMessage);
        }
        else
        {
            context.Screen.ErrorLines([.. ReportText.Of(problems, context.Screen.Colours), $"{context.Invocation.Verb.Name} refused: {summary}"]);
        }

        return (int)ExitCode.Problems;
    }

    private static void CheckNames(ImmutableArray<ServiceName> services, StackSpec stack)
    {
        foreach (var name in services)
        {
            if (stack.Find(name) is null)
            {
                var known = stack.Services.Select(s => s.Name.Value).ToList();
                var nearest = NearestWord.To(name.Value, known);
                throw new CommandFailedException(
                    ExitCode.WrongUsage,
                    $"{stack.File} declares no service \"{name}\"{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}",
                    $"it declares: {string.Join(", ", known)}");
            }
        }
    }
}
