using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mainstay.Spec.Parsing.Yaml;

/// <summary>
/// Builds the tree of one YAML document from the parser's events, within <see cref="YamlLimits"/>. Values keep their literal text (no YAML
/// types), variables are expanded, and what makes YAML surprising or dangerous is refused: anchors, aliases, merge keys, tags, further documents.
/// </summary>
internal sealed class YamlTree
{
    private readonly IParser _parser;
    private readonly ReadContext _context;
    private readonly Stack<(char Bracket, Mark At)> _openBrackets = new();
    private int _nodes;
    private int _depth;
    private bool _stopped;
    private Scalar? _lastScalar;

    private YamlTree(IParser parser, ReadContext context)
    {
        _parser = parser;
        _context = context;
    }

    /// <returns>Null when the text is empty or no tree could be built; the latter is reported.</returns>
    public static Node? Read(string text, ReadContext context)
    {
        if (RawText.IsRefused(text, context))
        {
            return null;
        }

        var tree = new YamlTree(new Parser(new StringReader(text)), context);
        try
        {
            return tree.Document();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser also throws what it does not declare: InvalidOperationException for "[1, 2" before a key, and for a lone "...".
            var fault = YamlFault.Explain(e, text, tree._openBrackets.TryPeek(out var open) ? open : null, tree._lastScalar);
            context.Report(ManifestCodes.NotYaml, new SourceSpan(fault.Line, fault.Column, ""), fault.What, fault.Fix);
            return null;
        }
    }

    private Node? Document()
    {
        _parser.MoveNext(); // before the stream
        _parser.MoveNext(); // the stream's start
        if (_parser.Current is not DocumentStart)
        {
            return null;
        }

        _parser.MoveNext();
        var root = Value(null, "");
        if (_stopped)
        {
            return null;
        }

        _parser.MoveNext(); // the document's end
        if (_parser.Current is DocumentStart another)
        {
            Refuse(
                Place(another),
                "a second document begins here, but a manifest is one document",
                "remove the \"---\", or put the second stack into a file of its own",
                null);
        }

        return root;
    }

    /// <summary>Reads the value that begins with the current event, and moves past it.</summary>
    /// <param name="key">Where the key of the value stands; a block map or list has no sign of its own to point at.</param>
    private Node Value(Node? parent, string step, Mark? key = null)
    {
        var start = _parser.Current!;
        var place = start is MappingStart { Style: not MappingStyle.Flow } or SequenceStart { Style: not SequenceStyle.Flow } ? key ?? start.Start : start.Start;
        var (line, column) = ((int)place.Line, (int)place.Column);
        if (++_nodes > YamlLimits.Nodes)
        {
            Stop(start, $"the manifest has more than {YamlLimits.Nodes} values", "split it into several stacks");
        }
        else if (_depth >= YamlLimits.Depth && start is MappingStart or SequenceStart)
        {
            Stop(start, $"maps and lists are nested more than {YamlLimits.Depth} deep here", "write it flatter; no key of a manifest lies that deep");
        }

        if (_stopped)
        {
            return new BrokenNode(line, column, parent, step);
        }

        switch (start)
        {
            case Scalar scalar:
                var text = Text(scalar, parent, step);
                _lastScalar = scalar;
                _parser.MoveNext();
                return text;

            case SequenceStart list:
                RefuseDecoration(list);
                return Nested(list.Style is SequenceStyle.Flow ? '[' : null, list, () => List(new ListNode(line, column, parent, step)));

            case MappingStart map:
                RefuseDecoration(map);
                return Nested(map.Style is MappingStyle.Flow ? '{' : null, map, () => Map(new MapNode(line, column, parent, step)));

            case AnchorAlias alias:
                Refuse(
                    Place(alias),
                    $"\"*{Quoted.Bare(alias.Value.Value)}\" repeats another part of the manifest, which Mainstay does not support",
                    "write the value out here",
                    new BrokenNode(line, column, parent, step).Path);
                _parser.MoveNext();
                return new BrokenNode(line, column, parent, step);

            default:
                throw new InvalidOperationException("an event that begins no value");
        }
    }

    private Node Nested(char? bracket, NodeEvent start, Func<Node> read)
    {
        if (bracket is { } flow)
        {
            _openBrackets.Push((flow, start.Start));
        }

        _depth++;
        _parser.MoveNext();
        var node = read();
        if (_stopped)
        {
            return node;
        }

        _depth--;
        if (bracket is not null)
        {
            _openBrackets.Pop();
        }

        _parser.MoveNext(); // past the end
        return node;
    }

    private ListNode List(ListNode list)
    {
        var items = ImmutableArray.CreateBuilder<Node>();
        while (!_stopped && _parser.Current is not SequenceEnd)
        {
            items.Add(Value(list, $"[{items.Count}]"));
        }

        list.Items = items.ToImmutable();
        return list;
    }

    private MapNode Map(MapNode map)
    {
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_stopped && _parser.Current is not MappingEnd)
        {
            if (Key(map) is not { } key)
            {
                continue;
            }

            var (line, column) = ((int)key.Start.Line, (int)key.Start.Column);
            var value = Value(map, key.Value, key.Start);
            if (seen.TryAdd(key.Value, line))
            {
                entries.Add(new Entry(key.Value, line, column, value));
            }
            else if (!_context.Problems.IsFullFor(_context.File))
            {
                _context.Report(
                    ManifestCodes.DuplicateKey,
                    new SourceSpan(line, column, value.Path),
                    $"{KeyPath.Under(map.Path, Quoted.Bare(key.Value))} stands twice; the first is in line {seen[key.Value]}",
                    "keep one of the two");
            }
        }

        map.Entries = entries.ToImmutable();
        return map;
    }

    /// <returns>Null when there was no usable key; then key and value were both passed over.</returns>
    private Scalar? Key(MapNode map)
    {
        if (_parser.Current is Scalar key)
        {
            if (key.Value.Length > YamlLimits.Key)
            {
                Stop(key, $"a key is longer than {YamlLimits.Key} characters", "shorten it; perhaps a quote is missing");
                return null;
            }

            RefuseDecoration(key);
            _lastScalar = key;
            _parser.MoveNext();
            if (key is not { Value: "<<", Style: ScalarStyle.Plain })
            {
                return key;
            }

            Refuse(Place(key), "\"<<\" merges another map, which Mainstay does not support", "write the keys out here", map.Path);
            PassOver(map);
            return null;
        }

        Refuse(Place(_parser.Current!), "a key must be plain text", "write the key as one word", map.Path);
        PassOver(map);
        PassOver(map);
        return null;
    }

    private void PassOver(Node parent)
    {
        if (!_stopped)
        {
            _ = Value(parent, "?");
        }
    }

    private Node Text(Scalar scalar, Node? parent, string step)
    {
        var (line, column) = ((int)scalar.Start.Line, (int)scalar.Start.Column);
        var broken = new BrokenNode(line, column, parent, step);
        RefuseDecoration(scalar);
        if (scalar.Value.Length > YamlLimits.Scalar)
        {
            _context.Report(
                ManifestCodes.TooLarge,
                broken,
                $"{broken.Path} is longer than {YamlLimits.Scalar} characters",
                "put it into a file, and name the file here");
            return broken;
        }

        if (scalar.Value.Contains('\0', StringComparison.Ordinal))
        {
            _context.Report(ManifestCodes.NotYaml, broken, $"{broken.Path} has a zero byte, which no program can be given", "remove the \"\\0\"");
            return broken;
        }

        var expanded = _context.Expansion.Of(scalar.Value, () => broken.Span, _context);
        return expanded is null ? broken : new ScalarNode(line, column, parent, step, expanded, scalar.Value, scalar.Style is ScalarStyle.Plain);
    }

    private void RefuseDecoration(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            Refuse(
                Place(node),
                $"\"&{Quoted.Bare(node.Anchor.Value)}\" names a part of the manifest for reuse, which Mainstay does not support",
                "remove the anchor, and write the value out wherever it is needed",
                null);
        }

        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            Refuse(Place(node), $"{Quoted.Text(node.Tag.Value)} is a YAML tag, which Mainstay does not support", "remove the tag; values mean what is written", null);
        }
    }

    /// <param name="unread">The key path of what is lost; null when the value is read all the same.</param>
    private void Refuse(SourceSpan at, string what, string fix, string? unread) => _context.Report(ManifestCodes.YamlFeatureRefused, at, what, fix, unread);

    private void Stop(ParsingEvent at, string what, string fix)
    {
        _stopped = true;
        _context.Report(ManifestCodes.TooLarge, Place(at), what, fix);
    }

    private static SourceSpan Place(ParsingEvent at) => new((int)at.Start.Line, (int)at.Start.Column, "");
}
