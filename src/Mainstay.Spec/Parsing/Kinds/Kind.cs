using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A kind of value of the manifest: how it is read, how it is described, and its JSON Schema. One object does all three, so that they cannot differ.</summary>
internal abstract class Kind<T> : IKind
{
    /// <summary>Completes "must be ...": <c>a whole number from 1 to 100</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>YAML that would be accepted, in one line.</summary>
    public abstract string Example { get; }

    public abstract JsonNode Schema(SchemaDefinitions definitions);

    /// <returns>False when there is no usable value; a problem was then reported.</returns>
    public abstract bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T value);

    /// <summary>How a default of this kind is written in the manifest.</summary>
    public virtual string Show(T value) => value?.ToString() ?? "";

    protected void ReportWrongType(Node node, ReadContext context)
    {
        if (node is not BrokenNode)
        {
            context.Report(ManifestCodes.WrongType, node, $"{Named(node)} is {node.Found}, but must be {Expected}", WriteExample(node));
        }
    }

    protected static string Named(Node node) => node.Path is { Length: > 0 } path ? path : "the manifest";

    protected string WriteExample(Node node)
    {
        if (node.Step.Length == 0 || node.Step.StartsWith('[') || Example.Length == 0)
        {
            return Example.Length == 0 ? $"write {Expected}" : $"write {Expected}, for example {Example}";
        }

        return $"write for example \"{Quoted.Bare(node.Step)}: {Example}\"";
    }
}

/// <summary>A kind whatever it reads, for the reference and the schema.</summary>
internal interface IKind
{
    string Expected { get; }

    string Example { get; }

    JsonNode Schema(SchemaDefinitions definitions);
}
