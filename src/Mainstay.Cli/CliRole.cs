using System.Net.Sockets;
using System.Text.Json;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Cli.Verbs;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli;

/// <summary>The command line: says to the daemon what the user wants, and shows what it answers.</summary>
public static class CliRole
{
    /// <summary>Exit code of a command that Ctrl-C ended, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>EPIPE, which the runtime passes on as the exception's HResult.</summary>
    private const int BrokenPipe = 32;

    /// <summary>Runs one command to its end and returns its exit code. Never throws for what a user or the machine can cause.</summary>
    public static async Task<int> RunAsync(string[] args, CliHost host)
    {
        var outcome = CommandLineParser.Parse(args, word => ManifestFinder.IsManifest(word, host.Directory));
        return outcome switch
        {
            ParseOutcome.HelpAsked help => Help(help, args, host),
            ParseOutcome.Wrong wrong => Fail(host, ExitCode.WrongUsage, [wrong.What, $"try: {wrong.Try}"]),
            ParseOutcome.Parsed { Invocation.Verb.Later: true } parsed =>
                Fail(host, ExitCode.WrongUsage, [$"\"{parsed.Invocation.Verb.Name}\" is not available in this version", "try: mainstay help   (lists what is)"]),
            ParseOutcome.Parsed parsed => await RunAsync(parsed.Invocation, host),
            _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
        };
    }

    private static async Task<int> RunAsync(Invocation invocation, CliHost host)
    {
        try
        {
            var screen = new Screen(host, invocation.Has(VerbTable.Json), invocation.Has(VerbTable.NoColor));
            var home = HomeFolder.Resolve(invocation.Value(VerbTable.Home), host);
            var code = await DispatchAsync(new(host, invocation, home, screen), host.Interrupted);
            await host.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (CommandFailedException e)
        {
            return Fail(host, e.Code, e.Lines);
        }
        catch (RefusedByDaemonException e)
        {
            return Fail(host, e.Code, [Harmless.Text(e.Document.Detail, colours: false), .. ReportText.Of(e.Document.Problems, Palette.None)]);
        }
        catch (OperationCanceledException) when (host.Interrupted.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            return Fail(host, ExitCode.DaemonNotReachable, [$"the daemon went away while it was asked: {e.Message}", "services keep running", "try: the same command again (it starts a daemon, which adopts what runs)"]);
        }
        catch (JsonException e)
        {
            return Fail(host, ExitCode.DaemonNotReachable, [$"the daemon answered something that this version does not understand: {e.Message}", "try: mainstay doctor   (it compares the versions)"]);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // The reader of our output has seen enough: `mainstay logs | head`.
            return (int)ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(host, ExitCode.Failed, [e.Message]);
        }
    }

    private static Task<int> DispatchAsync(VerbContext context, CancellationToken token) => context.Invocation.Verb.Name switch
    {
        "check" => CheckVerb.RunAsync(context, token),
        "up" => UpVerb.RunAsync(context, token),
        "status" => StatusVerb.RunAsync(context, token),
        "logs" => LogsVerb.RunAsync(context, token),
        "events" => EventsVerb.RunAsync(context, token),
        "top" => TopVerb.RunAsync(context, token),
        "start" => ActionVerbs.ActAsync(context, ActionVerb.Start, token),
        "stop" => ActionVerbs.ActAsync(context, ActionVerb.Stop, token),
        "restart" => ActionVerbs.ActAsync(context, ActionVerb.Restart, token),
        "reload" => ActionVerbs.ActAsync(context, ActionVerb.Reload, token),
        "scale" => ActionVerbs.ScaleAsync(context, token),
        "deploy" => DeployVerb.RunAsync(context, token),
        "rollback" => RollbackVerb.RunAsync(context, token),
        "rollout" => RolloutVerb.RunAsync(context, token),
        "rollouts" => RolloutsVerb.RunAsync(context, token),
        "releases" => ReleasesVerb.RunAsync(context, token),
        "report" => ReportVerb.RunAsync(context, token),
        "switch" => SwitchVerb.RunAsync(context, token),
        "down" => DownVerb.RunAsync(context, token),
        "daemon" => throw new CommandFailedException(ExitCode.WrongUsage, "\"daemon\" must be the first word", $"try: mainstay daemon --home {context.Home.Root}"),
        "realtime" => throw new CommandFailedException(ExitCode.WrongUsage, "\"realtime\" must be the first word", "try: mainstay realtime --help"),
        "edge" => ActionVerbs.EdgeReloadAsync(context, token),
        "completion" => CompletionVerb.RunAsync(context, token),
        "schema" => SchemaVerb.RunAsync(context, token),
        "init" => InitVerb.RunAsync(context, token),
        "doctor" => DoctorVerb.RunAsync(context, token),
        "version" => VersionVerb.RunAsync(context, token),
        var name => throw new InvalidOperationException($"the verb table names \"{name}\", which nothing runs"),
    };

    private static int Help(ParseOutcome.HelpAsked help, string[] args, CliHost host)
    {
        host.Out.Write(HelpText.Of(help.Verb));
        host.Out.Flush();

        // A script whose variable was empty must not take a page of help for success.
        return args.Length == 0 ? (int)ExitCode.WrongUsage : (int)ExitCode.Done;
    }

    private static int Fail(CliHost host, ExitCode code, IReadOnlyList<string> lines)
    {
        host.Out.Flush();
        for (var i = 0; i < lines.Count; i++)
        {
            host.Error.Write((i == 0 ? "mainstay: " : "  ") + lines[i] + "\n");
        }

        host.Error.Flush();
        return (int)code;
    }
}
