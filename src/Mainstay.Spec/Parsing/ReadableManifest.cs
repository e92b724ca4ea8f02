using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing;

/// <summary>What a manifest says as far as it could be read, for checks that go on although there are problems elsewhere. Never kept: it holds the whole text.</summary>
/// <param name="Stack">Without the services that could not be read at all; what could not be read of the others is as if it were absent, which <see cref="IsRead"/> tells.</param>
public sealed record ReadableManifest(StackSpec Stack)
{
    internal MapNode? Root { get; init; }

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

    /// <returns>Where the value of this key path stands; null when it is not in the text.</returns>
    public SourceSpan? PlaceOf(string path) => Root is null ? null : Walk(Root, path)?.Span;

    internal static ReadableManifest Of(StackSpec stack, MapNode root, ImmutableHashSet<string> unread)
    {
        var all = new ReadableManifest(stack) { Root = root, Unread = unread };
        return all with { Stack = stack with { Services = [.. stack.Services.Where(s => all.UnreadKeys($"services.{s.Name}") is not null)] } };
    }

    private static bool IsAtOrBelow(string path, string above) =>
        above.Length == 0 || (path.StartsWith(above, StringComparison.Ordinal) && (path.Length == above.Length || path[above.Length] is '.' or '['));

    /// <summary>A key may have dots of its own, so every end of it is tried.</summary>
    private static Node? Walk(Node at, string path)
    {
        if (path.Length == 0)
        {
            return at;
        }

        if (at is ListNode list)
        {
            var close = path.IndexOf(']', StringComparison.Ordinal);
            return close > 1 && int.TryParse(path.AsSpan(1, close - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length
                ? Walk(list.Items[index], Rest(path, close + 1))
                : null;
        }

        for (var end = 1; at is MapNode map && end <= path.Length; end++)
        {
            if ((end == path.Length || path[end] is '.' or '[') && map.Find(path[..end]) is { } below && Walk(below, Rest(path, end)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string Rest(string path, int from) => from < path.Length && path[from] == '.' ? path[(from + 1)..] : path[from..];
}
