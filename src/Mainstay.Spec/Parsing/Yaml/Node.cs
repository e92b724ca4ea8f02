using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Parsing.Yaml;

/// <summary>One value of the manifest with its place. The key path is built only when asked for: a hostile file could make the sum of all paths huge.</summary>
internal abstract class Node(int line, int column, Node? parent, string step)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    public Node? Parent { get; } = parent;

    /// <summary>The key, or <c>[index]</c> within a list; empty at the root.</summary>
    public string Step { get; } = step;

    public SourceSpan Span => new(Line, Column, Path);

    /// <summary>What stands here, for a message: <c>a list</c>, <c>"abc"</c>, <c>empty</c>.</summary>
    public abstract string Found { get; }

    /// <summary>Fit to be shown: a step with odd characters is escaped, a long one cut.</summary>
    public string Path
    {
        get
        {
            var steps = new Stack<string>();
            for (Node? node = this; node is not null; node = node.Parent)
            {
                steps.Push(Quoted.Bare(node.Step));
            }

            return KeyPath.Join(steps);
        }
    }
}

internal static class KeyPath
{
    public static string Join(IEnumerable<string> steps) => steps.Aggregate("", Under);

    public static string Under(string path, string step) =>
        path.Length == 0 || step.StartsWith('[') ? path + step : $"{path}.{step}";
}

/// <param name="text">The value after expansion.</param>
/// <param name="shown">The value as written; an expanded value may be a secret and never stands in a message.</param>
internal sealed class ScalarNode(int line, int column, Node? parent, string step, string text, string shown, bool plain)
    : Node(line, column, parent, step)
{
    public string Text { get; } = text;

    public string Shown { get; } = shown;

    /// <summary>Nothing was written after the key; <c>""</c> is a text, not nothing.</summary>
    public bool IsNothing { get; } = plain && shown.Length == 0;

    public override string Found => IsNothing ? "empty" : Quoted.Text(Shown);
}

internal sealed class ListNode(int line, int column, Node? parent, string step) : Node(line, column, parent, step)
{
    public ImmutableArray<Node> Items { get; set; } = [];

    public override string Found => "a list";
}

internal sealed class MapNode(int line, int column, Node? parent, string step) : Node(line, column, parent, step)
{
    private const int Few = 16;

    private Dictionary<string, Node>? _byKey;

    public ImmutableArray<Entry> Entries { get; set; } = [];

    public override string Found => "a map";

    public Node? Find(string key) => Entries.Length <= Few
        ? Entries.FirstOrDefault(e => e.Key == key)?.Value
        : (_byKey ??= Entries.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal)).GetValueOrDefault(key);
}

/// <summary>Stands where a problem was already reported, so that nothing is reported twice.</summary>
internal sealed class BrokenNode(int line, int column, Node? parent, string step) : Node(line, column, parent, step)
{
    public override string Found => "unreadable";
}

/// <summary>One key of a map; the place is the key's own.</summary>
internal sealed record Entry(string Key, int Line, int Column, Node Value)
{
    public SourceSpan Span => new(Line, Column, Value.Path);
}
