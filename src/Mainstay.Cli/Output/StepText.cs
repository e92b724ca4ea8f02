using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>One step as one line: <c>web-1 running: readiness probe passed after 0.4 s</c>.</summary>
internal static class StepText
{
    public static string Of(OperationStep step, Palette palette)
    {
        // A commit's subject or a command's last line may stand in it.
        var because = Harmless.Text(step.Because, colours: false);
        var name = step.Instance ?? step.Service;
        var state = step.State is { } phase ? palette.Of(phase, Words.Of(phase)) : null;
        return (name, state) switch
        {
            (null, null) => because,
            (null, _) => $"{state}: {because}",
            (_, null) => $"{name}: {because}",
            _ => $"{name} {state}: {because}",
        };
    }
}
