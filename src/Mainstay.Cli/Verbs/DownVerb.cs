using Mainstay.Cli.Connection;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Verbs;

/// <summary><c>down</c>: stops everything. A daemon that died may have left services running, so one is started to stop them; a home that never ran anything is left alone.</summary>
internal static class DownVerb
{
    private static readonly TimeSpan GoneDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var client = await context.Connector.FindAsync(token);
        if (client is null && !File.Exists(context.Home.Database))
        {
            return NothingToDo(context);
        }

        client ??= await context.Connector.RequireAsync(token);
        var request = new DownRequest(context.Invocation.Has(VerbTable.Daemon));
        var daemon = request.Daemon ? (await client.VersionAsync(token)).Pid : 0;
        var code = await new OperationRun(context, client).RunAsync("down", "/v1/down", request, WireJson.Default.DownRequest, token);
        return code == (int)ExitCode.Done && request.Daemon ? await GoneAsync(context, daemon, token) : code;
    }

    private static int NothingToDo(VerbContext context)
    {
        var what = $"nothing to stop: no daemon runs in {context.Home.Root} and nothing was ever started there";
        if (context.Screen.Json)
        {
            context.Screen.Document(new OperationMessage(Result: new(ExitCode.Done, what, [], [])), WireJson.Default.OperationMessage);
        }
        else
        {
            context.Screen.Line(what);
        }

        return (int)ExitCode.Done;
    }

    /// <summary>A script may remove the home right after this command, so it returns only once the daemon's process is gone.</summary>
    private static async Task<int> GoneAsync(VerbContext context, int daemon, CancellationToken token)
    {
        var began = context.Host.Time.GetTimestamp();
        while (await context.Connector.FindAsync(token) is not null || IsAlive(daemon))
        {
            if (context.Host.Time.GetElapsedTime(began) > GoneDeadline)
            {
                throw new CommandFailedException(
                    ExitCode.Failed,
                    $"every service was stopped, but the daemon (pid {daemon}) still runs after {GoneDeadline.TotalSeconds:0} s",
                    $"try: tail {context.Home.DaemonLog}");
            }

            await Task.Delay(Poll, context.Host.Time, token);
        }

        if (!context.Screen.Json)
        {
            context.Screen.Line($"the daemon (pid {daemon}) has ended");
        }

        return (int)ExitCode.Done;
    }

    /// <summary>A process that ended and that nobody has waited for still has a number, but no command line.</summary>
    private static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
