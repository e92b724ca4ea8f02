using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Backups;

/// <summary>Makes one backup before a rollout changes anything: paths copied and compared, a command run, a restore tried, old ones removed.</summary>
public sealed class BackupRun(ICommands commands, BackupStore store, TreeLimits limits, TimeProvider time)
{
    /// <summary>Left free on the disk after a backup: a full one stops more than the rollout.</summary>
    public const long Reserve = 64 << 20;

    private readonly HostFiles _host = new(commands);
    private readonly RestoreTest _test = new(commands, store);

    /// <exception cref="OperationCanceledException">The rollout was aborted; half a backup is removed by the next one.</exception>
    public async Task<BackupOutcome> RunAsync(ReleaseContext context, BackupSpec spec, Action<string> line, CancellationToken token)
    {
        try
        {
            return TooLarge(context.Service, spec) is { } refused ? BackupOutcome.Failed(refused) : await MakeAsync(context, spec, line, token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupOutcome.Failed($"the backup could not be made: {e.Message}");
        }
    }

    /// <summary>What the dump will need is not known; the last one is the best guess.</summary>
    private string? TooLarge(ServiceName service, BackupSpec spec)
    {
        if (spec.Paths.FirstOrDefault(p => !Path.Exists(p)) is { } missing)
        {
            return $"{missing} of backup.paths does not exist";
        }

        var now = spec.Paths.Sum(SizeOf);
        var last = store.List(service).FirstOrDefault()?.Bytes ?? 0;
        var needed = (Math.Max(now, last) * (spec.Restore is null ? 1 : 2)) + Reserve;
        var free = store.FreeBytes;
        return needed <= free ? null : $"the backup needs about {ByteSize.Text(needed)} and {ByteSize.Text(free)} are free; make room, or keep fewer backups with backup.keep";
    }

    private async Task<BackupOutcome> MakeAsync(ReleaseContext context, BackupSpec spec, Action<string> line, CancellationToken token)
    {
        var started = time.GetUtcNow();
        var (id, directory) = store.Begin(context.Service, isForOther: context.User is not null && spec.Command is not null);
        var copies = new List<PathCopy>();
        foreach (var (index, path) in spec.Paths.Index())
        {
            copies.Add(await PathCopy.MakeAsync(_host, path, directory, index, limits, spec.Timeout, token).ConfigureAwait(false));
        }

        var evidence = ImmutableArray.CreateBuilder<EvidenceBlock>();
        if (spec.Command is { } command)
        {
            var outcome = await DumpAsync(context, command, directory, spec.Timeout, line, token).ConfigureAwait(false);
            if (!outcome.Ok)
            {
                return BackupOutcome.Failed(outcome.Because, outcome.Evidence);
            }

            evidence.AddRange(outcome.Evidence);
        }

        var differences = await Task.Run(() => copies.SelectMany(c => c.Differences(token)).Take(20).ToImmutableArray(), token).ConfigureAwait(false);
        if (differences.Length > 0)
        {
            return BackupOutcome.Failed("the backup does not hold what was read", new EvidenceBlock("differences", differences));
        }

        TreeEntry[] entries = [.. FileTree.Walk(directory, limits).Where(e => e.Kind is TreeEntryKind.File)];
        var bytes = entries.Sum(e => e.Size);
        if (bytes == 0)
        {
            return BackupOutcome.Failed($"the backup is empty: nothing was written into {directory}");
        }

        var tested = await _test.RunAsync(context, spec, id, directory, line, token).ConfigureAwait(false);
        if (tested.Failure is { } failure)
        {
            return BackupOutcome.Failed(failure, tested.Evidence);
        }

        var backup = new BackupRecord(context.Service, id, directory, started, entries.Length, bytes, tested.IsTested, tested.Because, RestoreText(context, spec, directory, copies));
        store.Keep(backup, spec.Keep);
        evidence.Add(new("backup", [directory, $"{ByteSize.Files(entries.Length)}, {ByteSize.Text(bytes)}", tested.Because]));
        var restless = copies.SelectMany(c => c.Restless).Take(20).ToImmutableArray();
        if (restless.Length > 0)
        {
            evidence.Add(new("written while they were copied", restless));
        }

        evidence.AddRange(tested.Evidence);
        return new(true, $"backup {id} holds {ByteSize.Files(entries.Length)}, {ByteSize.Text(bytes)}; {tested.Because}", evidence.ToImmutable(), backup);
    }

    private async Task<WorkOutcome> DumpAsync(ReleaseContext context, CommandSpec command, string directory, TimeSpan timeout, Action<string> line, CancellationToken token)
    {
        if (await _host.GiveToUserAsync(context, directory, whole: false, "the backup's directory", timeout, token).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        var outcome = await commands.RunAsync(context.Request(command, timeout, new KeyValuePair<string, string>("MAINSTAY_BACKUP", directory)), line, token).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        var evidence = context.LastLines("last lines of the backup", outcome);
        if (!outcome.Succeeded)
        {
            return WorkOutcome.Failed(context.Redact($"backup command \"{CommandText.Of(command)}\" {CommandEnd.Of(outcome)}"), evidence);
        }

        // "pg_dump … | gzip > file" ends well although pg_dump did not: an empty file is the only trace.
        return FileTree.Walk(directory, limits, "paths").Any(e => e.Kind is TreeEntryKind.File && e.Size > 0)
            ? WorkOutcome.Done("it wrote something", evidence)
            : WorkOutcome.Failed(context.Redact($"backup command \"{CommandText.Of(command)}\" wrote nothing into $MAINSTAY_BACKUP"), evidence);
    }

    private static ImmutableArray<string> RestoreText(ReleaseContext context, BackupSpec spec, string directory, IEnumerable<PathCopy> copies)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add($"mainstay stop {context.Service}");
        lines.AddRange(copies.Select(c => c.RestoreCommand));
        if (spec.Restore is { } restore)
        {
            lines.Add("# with the variables of the service's env_file and environment:");
            lines.Add($"cd {CommandText.Quoted(context.Directory)} && MAINSTAY_BACKUP={CommandText.Quoted(directory)} MAINSTAY_RELEASE_DIR={CommandText.Quoted(context.Directory)} sh -c {CommandText.Quoted(CommandText.Of(restore))}");
        }
        else if (spec.Command is not null)
        {
            lines.Add($"# no backup.restore is declared; what backup.command wrote lies in {directory}");
        }

        lines.Add($"mainstay start {context.Service}");
        return lines.ToImmutable();
    }

    private long SizeOf(string path) => File.Exists(path) ? new FileInfo(path).Length : FileTree.Walk(path, limits).Sum(e => e.Size);
}
