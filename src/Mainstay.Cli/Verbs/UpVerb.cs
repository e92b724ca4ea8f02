using Mainstay.Cli.Manifest;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Verbs;

/// <summary><c>up</c>: hands the manifest to the daemon and waits until everything is ready.</summary>
internal static class UpVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var source = ManifestFile.Read(context.NamedManifest, context.Host);
        var services = ServiceNames.Read(context.Invocation.Arguments, allWord: true);
        var request = new ApplyRequest(source.File, source.Directory, source.Text, NamedVariables.In(source.Text, context.Host.Environment), services);
        var client = await context.Connector.RequireAsync(token);
        return await new OperationRun(context, client).RunAsync("up", "/v1/apply", request, WireJson.Default.ApplyRequest, token);
    }
}
