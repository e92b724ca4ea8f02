using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mainstay.Spec.Model;

/// <summary>A name that the user gave, as a type of its own, so that a service can never be passed where a stack is meant.</summary>
public interface IName<TSelf>
    where TSelf : struct, IName<TSelf>
{
    string Value { get; }

    static abstract TSelf From(string value);
}

/// <summary>What one manifest describes: <c>[a-z][a-z0-9-]{0,39}</c>.</summary>
[JsonConverter(typeof(NameConverter<StackName>))]
public readonly record struct StackName(string Value) : IName<StackName>
{
    public static StackName From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One service of a stack: <c>[a-z][a-z0-9-]{0,39}</c>.</summary>
[JsonConverter(typeof(NameConverter<ServiceName>))]
public readonly record struct ServiceName(string Value) : IName<ServiceName>, IComparable<ServiceName>
{
    public static ServiceName From(string value) => new(value);

    public int CompareTo(ServiceName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>A name is a plain string on every wire.</summary>
public sealed class NameConverter<TName> : JsonConverter<TName>
    where TName : struct, IName<TName>
{
    public override TName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TName.From(reader.GetString() ?? throw new JsonException("a name cannot be null"));

    public override void Write(Utf8JsonWriter writer, TName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override TName ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TName.From(reader.GetString() ?? throw new JsonException("a name cannot be null"));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TName value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}
