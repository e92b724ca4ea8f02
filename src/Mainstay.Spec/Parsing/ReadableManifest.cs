using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Parsing;

/// <summary>What a manifest says as far as it could be read, for checks that go on although there are problems elsewhere.</summary>
/// <param name="Stack">Without the services that could not be read at all; what could not be read of the others is as if it were absent, which <see cref="IsRead"/> tells.</param>
public sealed record ReadableManifest(StackSpec Stack)
{
    /// <summary>Key paths of what could not be read.</summary>
    internal ImmutableHashSet<string> Unread { get; init; } = [];

    /// <summary>Everything was read, even where it contradicts itself.</summary>
    public bool IsComplete => Unread.IsEmpty;

    /// <summary>Whether nothing at this key path, above it or below it was unreadable.</summary>
    public bool IsRead(string path) => Unread.All(unread => !IsAtOrBelow(unread, path) && !IsAtOrBelow(path, unread));

    /// <returns>The keys of a map whose values could not be read; null when the map itself could not.</returns>
    public ImmutableHashSet<string>? UnreadKeys(string path) => Unread.Any(unread => IsAtOrBelow(path, unread))
        ? null
        : [.. Unread.Where(unread => IsAtOrBelow(unread, path)).Select(unread => unread[(path.Length + 1)..])];

    internal static ReadableManifest Of(StackSpec stack, ImmutableHashSet<string> unread)
    {
        var all = new ReadableManifest(stack) { Unread = unread };
        return all with { Stack = stack with { Services = [.. stack.Services.Where(s => all.UnreadKeys($"services.{s.Name}") is not null)] } };
    }

    private static bool IsAtOrBelow(string path, string above) =>
        above.Length == 0 || (path.StartsWith(above, StringComparison.Ordinal) && (path.Length == above.Length || path[above.Length] is '.' or '['));
}
