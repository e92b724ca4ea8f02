using System.Globalization;
using Mainstay.Rollout.Ports;

namespace Mainstay.Rollout.Building;

/// <summary>How a command ended, in words that go on after its name.</summary>
public static class CommandEnd
{
    public static string Of(CommandOutcome outcome) => outcome switch
    {
        { NotStarted: { } reason } => $"could not be started: {reason}",
        { TimedOut: true } => $"did not end in {Seconds(outcome.Took)} and was killed with everything it had started",
        { Signal: { } signal } => $"was killed by {signal} after {Seconds(outcome.Took)}",
        { ExitCode: { } code } => $"ended with exit code {code.ToString(CultureInfo.InvariantCulture)} after {Seconds(outcome.Took)}",
        _ => "ended, but nobody could say how",
    };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
