using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>What makes a release out of its source.</summary>
internal sealed record BuildDraft(ImmutableArray<CommandSpec> Commands, TimeSpan Timeout);

internal sealed class BuildShape() : Shape<BuildDraft>("build")
{
    private static readonly ListKind<CommandDraft> s_list = new(new CommandKind(), "a list of commands", orOne: true);

    private static readonly Key<ImmutableArray<Item<CommandDraft>>> s_commands = new(
        "commands", s_list, [], "Run one after another in the release's directory; each must exit with 0.")
    {
        IsRequired = true,
        AlsoKnownAs = ["command", "run", "steps", "script"],
    };

    private static readonly Key<TimeSpan> s_timeout = new(
        "timeout", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "15m"), RolloutSpec.None.BuildTimeout, "How long all commands together may take.")
    {
        AlsoKnownAs = ["deadline", "time_limit"],
    };

    /// <summary>The commands alone, or the map.</summary>
    public static MapOrMainKind<BuildDraft, ImmutableArray<Item<CommandDraft>>> Kind { get; } =
        new(new BuildShape(), s_list, (commands, context) => new BuildDraft(Resolve(commands, context), s_timeout.Absent));

    public override ImmutableArray<Key> Keys { get; } = [s_commands, s_timeout];

    protected override BuildDraft Build(Fields fields) => new(Resolve(fields.Read(s_commands), fields.Context), fields.Read(s_timeout));

    private static ImmutableArray<CommandSpec> Resolve(ImmutableArray<Item<CommandDraft>> commands, ReadContext context) =>
        [.. commands.Select(c => c.Value.Resolve(shell: false, context, "write two commands of the list, or [ sh, -c, \"...\" ]"))];
}
