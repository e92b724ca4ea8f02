using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary><c>switch list</c>, and <c>switch on|off &lt;name&gt;</c>.</summary>
internal static class SwitchVerb
{
    private static readonly string[] Words = ["list", "on", "off"];

    public static Task<int> RunAsync(VerbContext context, CancellationToken token) => context.Invocation.Arguments switch
    {
        [] or ["list"] => ListAsync(context, token),
        ["on" or "off"] => throw Wrong("which switch?", "mainstay switch list"),
        ["on", var name] => SetAsync(context, name, on: true, token),
        ["off", var name] => SetAsync(context, name, on: false, token),
        [var name, "on" or "off"] => throw Wrong($"the word comes before the name", $"mainstay switch {context.Invocation.Arguments[1]} {name}"),
        [var word, ..] => throw Wrong($"\"switch\" knows no \"{word}\"", $"mainstay switch {NearestWord.To(word, Words) ?? string.Join(" | ", Words)}"),
    };

    private static async Task<int> ListAsync(VerbContext context, CancellationToken token)
    {
        foreach (var option in ((OptionSpec[])[VerbTable.For, VerbTable.Reason]).Where(context.Invocation.Has))
        {
            throw Wrong($"--{option.Long} is for on and off", "mainstay switch list");
        }

        var client = await context.Connector.RequireAsync(token);
        var switches = await client.SwitchesAsync(token);
        if (context.Screen.Json)
        {
            context.Screen.Document(new(switches), WireJson.Default.SwitchesDocument);
        }
        else
        {
            context.Screen.Lines(SwitchText.Render(switches, new(context.Host.Time), context.Screen.Width, context.Screen.Colours));
        }

        return (int)ExitCode.Done;
    }

    private static async Task<int> SetAsync(VerbContext context, string name, bool on, CancellationToken token)
    {
        var request = new SwitchRequest(name, on, Asker.Of(context.Host), context.Invocation.Value(VerbTable.Reason), Seconds(context.Invocation.Value(VerbTable.For)));
        var client = await context.Connector.RequireAsync(token);
        return await new OperationRun(context, client).RunAsync($"switch {(on ? "on" : "off")}", "/v1/switches", request, WireJson.Default.SwitchRequest, token);
    }

    private static double? Seconds(string? text) =>
        text is null ? null
        : DurationText.TryParse(text, out var time) && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(365) ? time.TotalSeconds
        : throw Wrong($"--for must be a duration from 1s to 365d, not \"{text}\"", "mainstay switch off <name> --for 10m");

    private static CommandFailedException Wrong(string what, string instead) => new(ExitCode.WrongUsage, what, $"try: {instead}");
}
