using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Building;

/// <summary>Runs a migration. That it runs once for each rollout is the plan's business: what was begun and not seen to end is not begun again.</summary>
public sealed class MigrateRun(ICommands commands)
{
    /// <exception cref="OperationCanceledException">The rollout was aborted; the command was killed.</exception>
    public async Task<WorkOutcome> RunAsync(ReleaseContext context, MigrateSpec migrate, Action<string> line, CancellationToken token)
    {
        var outcome = await commands.RunAsync(context.Request(migrate.Command, migrate.Timeout), line, token).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        var what = context.Redact($"migration \"{CommandText.Of(migrate.Command)}\" {CommandEnd.Of(outcome)}");
        var evidence = context.LastLines("last lines of the migration", outcome);
        return outcome.Succeeded ? WorkOutcome.Done(what, evidence) : WorkOutcome.Failed(what, evidence);
    }
}
