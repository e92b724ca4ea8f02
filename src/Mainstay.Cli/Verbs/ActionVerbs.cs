using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Verbs;

/// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>reload</c>, <c>scale</c> and <c>edge reload</c>: one request each.</summary>
internal static class ActionVerbs
{
    private const int MaxInstances = 1_000;

    public static async Task<int> ActAsync(VerbContext context, ActionVerb verb, CancellationToken token)
    {
        var words = context.Invocation.Arguments;
        if (words.Length > 1 && words.Contains("all"))
        {
            throw new CommandFailedException(ExitCode.WrongUsage, "\"all\" stands alone: it already means every service", $"try: mainstay {context.Invocation.Verb.Name} all");
        }

        var request = new ActionRequest(verb, ServiceNames.Read(words, allWord: true));
        return await RunAsync(context, (run, stop) => run.RunAsync(context.Invocation.Verb.Name, "/v1/actions", request, WireJson.Default.ActionRequest, stop), token);
    }

    public static async Task<int> ScaleAsync(VerbContext context, CancellationToken token)
    {
        var requests = context.Invocation.Arguments.Select(Wanted).ToList();
        var code = (int)ExitCode.Done;
        foreach (var request in requests)
        {
            code = await RunAsync(context, (run, stop) => run.RunAsync("scale", "/v1/scale", request, WireJson.Default.ScaleRequest, stop), token);
            if (code != (int)ExitCode.Done)
            {
                break;
            }
        }

        return code;
    }

    public static Task<int> EdgeReloadAsync(VerbContext context, CancellationToken token)
    {
        if (context.Invocation.Arguments is not ["reload"])
        {
            throw new CommandFailedException(ExitCode.WrongUsage, $"\"edge\" knows only \"reload\", not \"{context.Invocation.Arguments[0]}\"", "try: mainstay edge reload");
        }

        // The request has no body; an empty document keeps one way of asking.
        return RunAsync(context, (run, stop) => run.RunAsync("edge reload", "/v1/edge/reload", new ActionRequest(ActionVerb.Reload, []), WireJson.Default.ActionRequest, stop), token);
    }

    private static async Task<int> RunAsync(VerbContext context, Func<OperationRun, CancellationToken, Task<int>> run, CancellationToken token)
    {
        var client = await context.Connector.RequireAsync(token);
        return await run(new OperationRun(context, client), token);
    }

    private static ScaleRequest Wanted(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(ServiceNames.Check(word[..equals]), Counts.Read(word[(equals + 1)..], "the number of instances", MaxInstances)!.Value)
            : throw new CommandFailedException(ExitCode.WrongUsage, $"\"{word}\" is not of the form <service>=<n>", $"try: mainstay scale {word}=2");
    }
}
