using System.Buffers;
using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Building;

/// <summary>In what a release's commands run: builds, migrations, backups.</summary>
/// <param name="Commit">For MAINSTAY_COMMIT.</param>
/// <param name="Directory">The release's root.</param>
/// <param name="Environment">The service's declared variables.</param>
/// <param name="User">The service's; null for the daemon's own.</param>
/// <param name="Redact">Takes secrets out of a line; what is kept as evidence goes through it.</param>
public sealed record ReleaseContext(
    ServiceName Service,
    string Release,
    string Commit,
    string Directory,
    ImmutableSortedDictionary<string, string> Environment,
    string? User,
    Func<string, string> Redact)
{
    // Lines of a command's end that say why it failed; the whole is in the log.
    private const int MostLines = 30;

    /// <summary>NODE_ENV and the like are the user's: with NODE_ENV=production an <c>npm ci</c> leaves out what a build needs, and that is for the user to decide.</summary>
    public CommandRequest Request(CommandSpec command, TimeSpan timeout, params IEnumerable<KeyValuePair<string, string>> more) => new(
        command,
        Directory,
        Environment
            .SetItem("MAINSTAY_SERVICE", Service.Value)
            .SetItem("MAINSTAY_RELEASE", Release)
            .SetItem("MAINSTAY_COMMIT", Commit)
            .SetItems(more),
        User,
        timeout);

    public Contracts.Api.EvidenceBlock LastLines(string title, CommandOutcome outcome) =>
        new(title, [.. outcome.LastLines.TakeLast(MostLines).Select(Redact)]);
}

/// <summary>A command as people would type it.</summary>
public static class CommandText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(" '\"\\$&|;<>*?()#~`!{}[]\n\t");

    public static string Of(CommandSpec command) => string.Join(' ', command.Argv.Select(a => command.Shell ? a : Quoted(a)));

    /// <summary>As one word of a shell.</summary>
    public static string Quoted(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny(s_special) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
