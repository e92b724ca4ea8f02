using System.Diagnostics.CodeAnalysis;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>The entries of one map, asked for by key. A wrong value is reported and reads as if the key were absent.</summary>
/// <param name="meant">Keys that a misspelled one was probably meant to be: that they are missing is no second problem.</param>
internal sealed class Fields(MapNode map, ReadContext context, string what, IReadOnlySet<string> meant)
{
    public MapNode Map => map;

    public ReadContext Context => context;

    /// <summary>The map's place.</summary>
    public SourceSpan Span => map.Span;

    public bool Has(Key key) => map.Find(key.Name) is not null;

    /// <summary>The value's place; the map's when the key is absent.</summary>
    public SourceSpan At(Key key) => map.Find(key.Name)?.Span ?? map.Span;

    public T Read<T>(Key<T> key) => TryRead(key, out var value) ? value : key.Absent;

    public bool TryRead<T>(Key<T> key, [MaybeNullWhen(false)] out T value)
    {
        if (map.Find(key.Name) is { } node)
        {
            return key.Reads.TryRead(node, context, out value);
        }

        if (key.IsRequired && !meant.Contains(key.Name))
        {
            var example = key.Reads.Example.Length == 0 ? key.Name : $"{key.Name}: {key.Reads.Example}";
            context.Report(ManifestCodes.MissingKey, map, $"{what} has no \"{key.Name}\"", $"add for example \"{example}\"", key.Name);
        }

        value = default;
        return false;
    }

    public T? ReadOrNull<T>(Key<T> key)
        where T : struct => TryRead(key, out var value) ? value : null;

    public void Report(ProblemCode code, Key at, string problem, string fix)
    {
        var span = At(at);
        context.Report(code, span, $"{what}: {problem}", fix);
    }
}
