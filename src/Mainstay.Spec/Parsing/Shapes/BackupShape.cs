using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class BackupShape() : Shape<BackupSpec>("backup")
{
    private static readonly Key<ImmutableArray<Item<string>>> s_paths = new(
        "paths", new ListKind<string>(CommonKinds.FilePath("data"), "a path or a list of paths", orOne: true), [],
        "Files and directories that are copied; relative to the manifest, also with a source: what a release may not lose lies outside of it.")
    {
        AlsoKnownAs = ["path", "files", "directories", "include"],
    };

    // It nearly always needs ">" or a pipe, so a string is the shell's here, unlike anywhere else.
    private static readonly Key<CommandDraft> s_command = new(
        "command", new CommandKind(), CommandDraft.Absent,
        "Writes into the directory that MAINSTAY_BACKUP names. One string is given to /bin/sh -c, so that it may redirect: \"pg_dump shop > $MAINSTAY_BACKUP/db.sql\".",
        "none")
    {
        AlsoKnownAs = ["cmd", "run", "dump", "script"],
    };

    private static readonly Key<CommandDraft> s_restore = new(
        "restore", new CommandKind(), CommandDraft.Absent,
        "Reads from the directory that MAINSTAY_BACKUP names, where the command wrote; one string is given to /bin/sh -c. Offered after a rollback, never run by itself. When it mentions MAINSTAY_RESTORE_TEST, it is tried at each backup: on a copy, in an empty directory, with that variable set to 1; it must then write nowhere else.",
        "none")
    {
        AlsoKnownAs = ["restore_command", "recover"],
    };

    private static readonly Key<int> s_keep = new("keep", new WholeNumberKind(1, 1000, "5"), 5, "How many backups are kept; the oldest go first.")
    {
        AlsoKnownAs = ["retention", "max_backups", "keep_backups"],
    };

    private static readonly Key<TimeSpan> s_timeout = new(
        "timeout", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "10m"), TimeSpan.FromMinutes(10), "How long the backup may take.");

    public override ImmutableArray<Key> Keys { get; } = [s_paths, s_command, s_restore, s_keep, s_timeout];

    protected override BackupSpec Build(Fields fields)
    {
        if (!fields.Has(s_paths) && !fields.Has(s_command))
        {
            fields.Context.Report(
                ManifestCodes.MissingKey, fields.Span, $"{fields.Span.Path} says neither paths nor a command, so that nothing would be kept", "add for example \"paths: [ data ]\", or remove \"backup\"");
        }

        return new BackupSpec(
            [.. fields.Read(s_paths).Select(p => fields.Context.Absolute(p.Value))],
            Command(fields, s_command),
            Command(fields, s_restore),
            fields.Read(s_keep),
            fields.Read(s_timeout));
    }

    private static CommandSpec? Command(Fields fields, Key<CommandDraft> key) =>
        fields.TryRead(key, out var command) ? command.Resolve(shell: command.Line is not null, fields.Context) : null;
}
