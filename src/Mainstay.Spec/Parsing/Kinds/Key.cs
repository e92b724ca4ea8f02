using System.Text.Json.Nodes;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A key of a map whose keys Mainstay knows.</summary>
internal abstract class Key(string name, string meaning)
{
    public string Name { get; } = name;

    /// <summary>One sentence for the reference and for editors.</summary>
    public string Meaning { get; } = meaning;

    public bool IsRequired { get; init; }

    /// <summary>Words that other tools have for this; only to suggest the right one.</summary>
    public string[] AlsoKnownAs { get; init; } = [];

    /// <summary>A word of the contract that this version refuses.</summary>
    public bool IsLater => Kind is null;

    /// <summary>Null when this version refuses the key.</summary>
    public abstract IKind? Kind { get; }

    /// <summary>What holds when the key is absent, as it would be written; null when nothing does.</summary>
    public abstract string? Default { get; }

    public JsonObject Schema(SchemaDefinitions definitions)
    {
        // A schema beside "$ref" is allowed since draft 2019-09.
        var schema = Kind?.Schema(definitions).DeepClone().AsObject() ?? new JsonObject { ["not"] = new JsonObject() };
        schema["description"] = IsLater ? $"Not available in this version. {Meaning}" : Meaning;
        return schema;
    }
}

/// <param name="absent">What the key reads as when it is absent, or wrong so that reading can go on.</param>
/// <param name="defaultText">How the default is described where it is no plain value.</param>
internal sealed class Key<T>(string name, Kind<T> kind, T absent, string meaning, string? defaultText = null) : Key(name, meaning)
{
    public Kind<T> Reads { get; } = kind;

    public T Absent { get; } = absent;

    public override IKind Kind => Reads;

    public override string? Default => IsRequired ? null : defaultText ?? (Absent is null ? null : Reads.Show(Absent));
}

/// <summary>A word of the contract that this version does not carry out; using it is a problem, never silence.</summary>
internal sealed class LaterKey(string name, string meaning) : Key(name, meaning)
{
    public override IKind? Kind => null;

    public override string? Default => null;
}
