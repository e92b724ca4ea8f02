using System.Text.Json.Serialization;
using Mainstay.Spec.Model;

namespace Mainstay.Spec;

/// <summary>The one JSON form of specs: what the journal keeps and what revisions are hashed from.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StackSpec))]
[JsonSerializable(typeof(ServiceSpec))]
public sealed partial class SpecJson : JsonSerializerContext;
