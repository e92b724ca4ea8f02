using System.Globalization;
using System.Net.Sockets;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Events;

namespace Mainstay.Cli.Verbs;

/// <summary><c>events</c>: what happened and why. Following survives a daemon that goes away: it asks the next one for what came after.</summary>
internal static class EventsVerb
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var limit = Counts.Read(context.Invocation.Value(VerbTable.Lines), "--lines") ?? 50;
        var follow = context.Invocation.Has(VerbTable.Follow);
        var client = await context.Connector.RequireAsync(token);
        long last = 0;
        try
        {
            while (true)
            {
                await foreach (var one in client.EventsAsync(last, last == 0 ? limit : int.MaxValue, follow, token))
                {
                    last = Math.Max(last, one.Id);
                    Show(context.Screen, one, context.Host.Time);
                }

                context.Screen.Flush();
                if (!follow)
                {
                    return (int)ExitCode.Done;
                }

                client = await AgainAsync(context, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested && follow)
        {
            return (int)ExitCode.Done;
        }
    }

    /// <summary>Waits for the next daemon; starts none, since a follower left in a forgotten terminal must not undo a <c>down --daemon</c>.</summary>
    private static async Task<ApiClient> AgainAsync(VerbContext context, CancellationToken token)
    {
        context.Screen.ErrorLine("the daemon went away; waiting for the next one (Ctrl-C ends)");
        while (true)
        {
            await Task.Delay(Retry, context.Host.Time, token);
            try
            {
                if (await context.Connector.FindAsync(token) is { } client)
                {
                    return client;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // It is just coming up or going down; the next look tells.
            }
        }
    }

    private static void Show(Screen screen, EventRecord one, TimeProvider time)
    {
        if (screen.Json)
        {
            screen.Document(one, WireJson.Default.EventRecord);
        }
        else
        {
            var at = TimeZoneInfo.ConvertTime(one.At, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var who = one.Instance ?? one.Service;
            screen.Line($"{screen.Colours.Dim(at)} {one.Kind}{(who is null ? "" : " " + screen.Colours.Bold(who))}: {Harmless.Text(one.Because, colours: false)}");
        }

        screen.Flush();
    }
}
