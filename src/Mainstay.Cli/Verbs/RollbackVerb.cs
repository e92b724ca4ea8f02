using Mainstay.Cli.Connection;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>rollback</c>: everything it needs is on this machine, so it reads no manifest.</summary>
internal static class RollbackVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var words = context.Invocation;
        var services = ServiceNames.Read(words.Arguments, allWord: true);
        var release = words.Value(VerbTable.To);
        if (release is not null && services.Length != 1)
        {
            throw new CommandFailedException(
                ExitCode.WrongUsage,
                "--to names a release of one service, so exactly one service must be named with it",
                $"try: mainstay rollback <service> --to {release}",
                "try: mainstay releases   (shows which there are)");
        }

        var request = new RollbackRequest(services, release, words.Has(VerbTable.DryRun), Asker.Of(context.Host));
        var client = await context.Connector.RequireAsync(token);
        var run = new OperationRun(context, client) { Told = new RolloutTold(context, request.DryRun) };
        return await run.RunAsync("rollback", "/v1/rollback", request, WireJson.Default.RollbackRequest, token);
    }
}
