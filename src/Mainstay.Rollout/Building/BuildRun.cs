using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Building;

/// <summary>Runs a build: its commands one after another in the release's directory, all within one time limit.</summary>
public sealed class BuildRun(ICommands commands, TimeProvider time)
{
    private readonly HostFiles _host = new(commands);

    /// <param name="logFile">Gets the whole output, up to 1 MB.</param>
    /// <exception cref="OperationCanceledException">The rollout was aborted; the command was killed.</exception>
    public async Task<WorkOutcome> RunAsync(ReleaseContext context, ImmutableArray<CommandSpec> build, TimeSpan timeout, string logFile, Action<string> line, CancellationToken token)
    {
        using var log = BuildLog.Create(logFile);
        if (await GiveAsync(context, timeout, token).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        return WithLog(await RunAsync(context, build, timeout, log, line, token).ConfigureAwait(false), log, logFile);
    }

    internal static WorkOutcome WithLog(WorkOutcome outcome, BuildLog log, string logFile) => outcome with
    {
        Because = log.Fault is { } fault ? $"{outcome.Because}; its output could not be kept whole: {fault}" : outcome.Because,
        Evidence = outcome.Evidence.Add(new("whole output", [logFile])),
    };

    internal async Task<WorkOutcome> RunAsync(ReleaseContext context, ImmutableArray<CommandSpec> build, TimeSpan timeout, BuildLog log, Action<string> line, CancellationToken token)
    {
        var started = time.GetTimestamp();
        foreach (var (index, command) in build.Index())
        {
            var left = timeout - time.GetElapsedTime(started);
            var name = build.Length == 1 ? $"build command \"{CommandText.Of(command)}\"" : $"build command {index + 1} of {build.Length} \"{CommandText.Of(command)}\"";
            if (left <= TimeSpan.Zero)
            {
                return WorkOutcome.Failed($"{name} was not started: those before it took the whole time limit of {Seconds(timeout)}");
            }

            log.Line($"$ {CommandText.Of(command)}");
            var outcome = await commands.RunAsync(context.Request(command, left), Take, token).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            log.Line($"# {CommandEnd.Of(outcome)}");
            if (!outcome.Succeeded)
            {
                var limit = outcome.TimedOut ? $" (the whole build has {Seconds(timeout)})" : "";
                return WorkOutcome.Failed(
                    context.Redact($"{name} {CommandEnd.Of(outcome)}{limit}"), context.LastLines("last lines of the build", outcome));
            }
        }

        return WorkOutcome.Done($"{(build.Length == 1 ? "1 build command" : $"{build.Length} build commands")} ended well in {Seconds(time.GetElapsedTime(started))}");

        void Take(string text)
        {
            log.Line(text);
            line(text);
        }
    }

    /// <summary>What the daemon has fetched belongs to the daemon's user; another one could not build in it.</summary>
    /// <returns>Null when it is given, or need not be.</returns>
    public Task<WorkOutcome?> GiveAsync(ReleaseContext context, TimeSpan timeout, CancellationToken token) =>
        _host.GiveToUserAsync(context, context.Directory, whole: true, "the release", timeout, token);

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");
}
