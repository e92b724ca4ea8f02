using System.Text;
using System.Text.Json;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>report</c>: what a rollout did, for people who were not there.</summary>
internal static class ReportVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var words = context.Invocation;
        var path = words.Value(VerbTable.Output) is { } named ? Path.GetFullPath(named, context.Host.Directory) : null;
        Check(context, path);
        var client = await context.Connector.RequireAsync(token);
        var rollout = await RolloutChoice.FindAsync(client, words.Arguments.FirstOrDefault(), token);
        if (path is null)
        {
            await PrintAsync(context, client, rollout, token);
            return (int)ExitCode.Done;
        }

        var bytes = context.Screen.Json
            ? JsonSerializer.SerializeToUtf8Bytes(rollout, WireJson.Default.RolloutRecord)
            : await client.ReportAsync(rollout.Number, AsHtml(context, path), token);
        await File.WriteAllBytesAsync(path, bytes, token);

        // On standard error, so that standard output holds documents only.
        context.Screen.ErrorLine($"wrote the report of rollout {rollout.Number} to {path}");
        return (int)ExitCode.Done;
    }

    private static async Task PrintAsync(VerbContext context, ApiClient client, RolloutRecord rollout, CancellationToken token)
    {
        if (context.Screen.Json)
        {
            context.Screen.Document(rollout, WireJson.Default.RolloutRecord);
            return;
        }

        var text = Encoding.UTF8.GetString((await client.ReportAsync(rollout.Number, AsHtml(context, null), token)).Span).TrimEnd('\n');
        if (!context.Host.IsTerminal)
        {
            context.Screen.Line(text);
            return;
        }

        // Commits' subjects and commands' output stand in it.
        context.Screen.Lines(text.Split('\n').Select(line => Harmless.Text(line, colours: false)));
    }

    private static bool AsHtml(VerbContext context, string? path) =>
        context.Invocation.Has(VerbTable.Html) || Path.GetExtension(path) is ".html" or ".htm";

    private static void Check(VerbContext context, string? path)
    {
        if (context.Screen.Json && context.Invocation.Has(VerbTable.Html))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, "--json and --html are two forms of one report", "try: one of them");
        }

        if (path is null)
        {
            return;
        }

        if (Directory.Exists(path))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"--output names a folder: {path}", $"try: --output {Path.Combine(path, "report.md")}");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"--output is in a folder that is not there: {Path.GetDirectoryName(path)}", "try: make the folder first, or name another file");
        }
    }
}
