using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Backups;

/// <param name="Failure">Why the backup is not one; null otherwise.</param>
internal sealed record RestoreTestOutcome(bool IsTested, string Because, string? Failure, ImmutableArray<EvidenceBlock> Evidence);

/// <summary>Runs a backup's restore command against a copy of it, in an empty directory, with MAINSTAY_RESTORE_TEST=1.</summary>
/// <remarks>
/// Only a command that knows of that variable is run: one that does not would restore into what serves, at every deploy, over everything
/// written since the dump. It says so by naming it, in its own text or in a script that it runs from the release.
/// </remarks>
internal sealed class RestoreTest(ICommands commands, BackupStore store)
{
    private const string Variable = "MAINSTAY_RESTORE_TEST";
    private const long LargestScript = 1 << 20;

    private readonly HostFiles _host = new(commands);

    public async Task<RestoreTestOutcome> RunAsync(ReleaseContext context, BackupSpec spec, string id, string directory, Action<string> line, CancellationToken token)
    {
        if (spec.Restore is not { } restore)
        {
            return spec.Command is null
                ? new(true, "tested: every copied file was read back and is the same", null, [])
                : new(false, "not testable: no restore command", null, []);
        }

        if (!KnowsItIsATest(restore, context.Directory))
        {
            return new(false, $"not tested: backup.restore does not mention {Variable}, so it could write into what serves", null, []);
        }

        var scratch = store.Scratch(context.Service, id);
        try
        {
            var (copy, work) = (Path.Combine(scratch, "backup"), Directory.CreateDirectory(Path.Combine(scratch, "work")).FullName);
            await _host.CopyAsync(directory, copy, spec.Timeout, token).ConfigureAwait(false);
            if (await _host.GiveToUserAsync(context, scratch, whole: true, "the copy", spec.Timeout, token).ConfigureAwait(false) is { } refused)
            {
                return new(false, "", $"the restore could not be tested: {refused.Because}", refused.Evidence);
            }

            // Scripts of the release are named relative to it, and a test must not begin where a service works: they are found by $MAINSTAY_RELEASE_DIR.
            var request = context.Request(restore, spec.Timeout, new("MAINSTAY_BACKUP", copy), new(Variable, "1"), new("MAINSTAY_RELEASE_DIR", context.Directory)) with { Directory = work };
            var outcome = await commands.RunAsync(request, line, token).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            var evidence = context.LastLines("last lines of the restore test", outcome);
            return outcome.Succeeded
                ? new(true, "tested: the restore command succeeded on a copy of the backup", null, [evidence])
                : new(false, "", context.Redact($"the backup cannot be restored: \"{CommandText.Of(restore)}\" {CommandEnd.Of(outcome)} in its test"), [evidence]);
        }
        finally
        {
            FileTree.Delete(scratch);
        }
    }

    private static bool KnowsItIsATest(CommandSpec restore, string release) =>
        restore.Argv.Any(a => a.Contains(Variable, StringComparison.Ordinal))
        || restore.Argv.SelectMany(a => a.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(word => IsScriptThatKnows(Path.Combine(release, word.Trim('"', '\'').Replace("$MAINSTAY_RELEASE_DIR", release, StringComparison.Ordinal))));

    private static bool IsScriptThatKnows(string file) =>
        new FileInfo(file) is { Exists: true, Length: > 0 and < LargestScript } && File.ReadAllText(file).Contains(Variable, StringComparison.Ordinal);
}
