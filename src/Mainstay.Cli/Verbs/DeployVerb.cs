using System.Collections.Immutable;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Cli.Verbs;

/// <summary><c>deploy</c>: hands the manifest to the daemon, shows the plan and how it goes, and says what serves in the end.</summary>
internal static class DeployVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var words = context.Invocation;
        var services = Services(words);
        var manifest = ManifestFile.Read(context.NamedManifest, context.Host);
        if (manifest.Result.Stack is not { } stack)
        {
            return ManifestRequest.Refuse(context, manifest.Result);
        }

        var request = new DeployRequest(
            ManifestRequest.Of(manifest, stack, services),
            words.Has(VerbTable.DryRun),
            words.Has(VerbTable.AllowDirty),
            words.Has(VerbTable.AllowDowntime),
            words.Has(VerbTable.Wait),
            Asker.Of(context.Host));
        var client = await context.Connector.RequireAsync(token);
        var run = new OperationRun(context, client) { Told = new RolloutTold(context, request.DryRun) };
        return await run.RunAsync("deploy", "/v1/deploy", request, WireJson.Default.DeployRequest, token);
    }

    /// <summary>An empty part of <c>--only</c>, such as a script's empty variable, is refused: it must not come to mean every service.</summary>
    private static ImmutableArray<ServiceName> Services(Invocation words)
    {
        var only = words.Value(VerbTable.Only)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return ServiceNames.Read(words.Arguments.AddRange(only), allWord: true);
    }
}
