using Mainstay.Cli.Manifest;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>up</c>: reads the manifest, hands it to the daemon and waits until everything is ready.</summary>
internal static class UpVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var manifest = ManifestFile.Read(context.NamedManifest, context.Host);
        if (manifest.Result.Stack is not { } stack)
        {
            return ManifestRequest.Refuse(context, manifest.Result);
        }

        var request = ManifestRequest.Of(manifest, stack, ServiceNames.Read(context.Invocation.Arguments, allWord: true));
        var client = await context.Connector.RequireAsync(token);
        return await new OperationRun(context, client).RunAsync("up", "/v1/apply", request, WireJson.Default.ApplyRequest, token);
    }
}
