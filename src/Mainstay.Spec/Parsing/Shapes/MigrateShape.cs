using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class MigrateShape() : Shape<MigrateSpec>("migrate")
{
    private static readonly CommandKind s_kind = new();

    private static readonly Key<CommandDraft> s_command = new("command", s_kind, CommandDraft.Absent, "Must exit with 0, else the rollout is undone.")
    {
        IsRequired = true,
        AlsoKnownAs = ["cmd", "run", "script"],
    };

    private static readonly Key<bool> s_shell = new("shell", CommonKinds.Truth, false, "Runs the command, one string, by /bin/sh -c.");

    private static readonly Key<TimeSpan> s_timeout = new(
        "timeout", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "10m"), TimeSpan.FromMinutes(10), "How long it may take.");

    /// <summary>The command alone, or the map.</summary>
    public static MapOrMainKind<MigrateSpec?, CommandDraft> Kind { get; } = new(
        new MigrateShape()!,
        s_kind,
        (command, context) => new MigrateSpec(command.Resolve(shell: false, context, "write { command: \"...\", shell: true }"), s_timeout.Absent));

    public override ImmutableArray<Key> Keys { get; } = [s_command, s_shell, s_timeout];

    protected override MigrateSpec Build(Fields fields)
    {
        var (shell, command) = (fields.Read(s_shell), fields.Read(s_command));
        return new MigrateSpec(command == CommandDraft.Absent ? new CommandSpec([], false, fields.Span) : command.Resolve(shell, fields.Context), fields.Read(s_timeout));
    }
}
