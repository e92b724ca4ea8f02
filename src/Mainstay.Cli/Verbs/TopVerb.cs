using System.Net.Sockets;
using System.Text;
using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>top</c>: the status on the whole screen, refreshed until q or Ctrl-C.</summary>
internal static class TopVerb
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        if (!context.Screen.IsLive)
        {
            return await StatusVerb.RunAsync(context, token);
        }

        await context.Connector.RequireAsync(token);
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(token);
        var keys = QuitOnKeyAsync(context, quit);

        // The alternate screen keeps what was on the terminal before; it comes back at the end, whatever the end is.
        context.Screen.Write("\x1b[?1049h\x1b[?25l");
        try
        {
            while (!quit.IsCancellationRequested)
            {
                await FrameAsync(context, quit.Token);
                await Task.Delay(Refresh, context.Host.Time, quit.Token);
            }
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested)
        {
            // The way out.
        }
        finally
        {
            context.Screen.Write("\x1b[?25h\x1b[?1049l");
            context.Screen.Flush();
        }

        await quit.CancelAsync();
        await keys;
        return (int)ExitCode.Done;
    }

    private static async Task FrameAsync(VerbContext context, CancellationToken token)
    {
        var screen = context.Screen;
        var lines = await LinesAsync(context, token);
        var frame = new StringBuilder("\x1b[H");
        var room = screen.Height - 1;
        for (var i = 0; i < Math.Min(room, lines.Count); i++)
        {
            frame.Append(lines[i]).Append("\x1b[K\n");
        }

        frame.Append("\x1b[J").Append(screen.Colours.Dim(lines.Count > room ? $"q quits; {lines.Count - room} more lines do not fit" : "q quits"));
        screen.Write(frame.ToString());
        screen.Flush();
    }

    private static async Task<List<string>> LinesAsync(VerbContext context, CancellationToken token)
    {
        try
        {
            return await context.Connector.FindAsync(token) is { } client
                ? StatusText.Render(await client.StatusAsync(token), new(context.Host.Time), context.Screen.Width, context.Screen.Colours)
                : [context.Screen.Colours.Bad("no daemon answers; services keep running"), "any command that needs one starts it, for example: mainstay status"];
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return [context.Screen.Colours.Bad("the daemon went away; services keep running")];
        }
    }

    private static async Task QuitOnKeyAsync(VerbContext context, CancellationTokenSource quit)
    {
        try
        {
            while (await context.Host.ReadKey(quit.Token) is { } key)
            {
                if (key is 'q' or 'Q' or '\x1b')
                {
                    await quit.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested)
        {
            // Quit some other way.
        }
    }
}
