using System.Collections.Immutable;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Output;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary><c>up</c>: reads the manifest, hands it to the daemon and waits until everything is ready.</summary>
internal static class UpVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var manifest = ManifestFile.Read(context.NamedManifest, context.Host);
        if (manifest.Result.Stack is not { } stack)
        {
            return Refused(context, manifest.Result);
        }

        var services = ServiceNames.Read(context.Invocation.Arguments, allWord: true);
        CheckNames(services, stack);
        var client = await context.Connector.RequireAsync(token);
        return await new OperationRun(context, client).RunAsync("up", "/v1/apply", Request(manifest, services), WireJson.Default.ApplyRequest, token);
    }

    /// <summary>Of the user's environment, only what the manifest names leaves this process.</summary>
    private static ApplyRequest Request(ReadManifest manifest, ImmutableArray<ServiceName> services)
    {
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

    private static int Refused(VerbContext context, ManifestResult result)
    {
        var summary = "the manifest has problems; nothing was changed";
        var (problems, _) = CheckVerb.Examine(context, result);
        if (context.Screen.Json)
        {
            context.Screen.Document(new OperationMessage(Result: new(ExitCode.Problems, summary, problems, [])), WireJson.Default.OperationMessage);
        }
        else
        {
            context.Screen.ErrorLines([.. ReportText.Of(problems, context.Screen.Colours), $"up refused: {summary}"]);
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
