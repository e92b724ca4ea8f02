using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Journal;
using Mainstay.Supervisor.Services;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Supervisor.Adoption;

/// <summary>The kinds of records that the supervisor keeps in the journal.</summary>
internal static class RecordKind
{
    /// <summary>One each of <c>clock</c>, <c>runs</c> and <c>stack</c>.</summary>
    public const string Home = "supervisor";

    /// <summary>By name; see <see cref="ServiceRecord"/>.</summary>
    public const string Service = "service";

    /// <summary>By lane key; see <see cref="InstanceRecord"/>.</summary>
    public const string Instance = "instance";
}

/// <summary>The JSON form of what the supervisor remembers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClockRecord))]
[JsonSerializable(typeof(RunsRecord))]
[JsonSerializable(typeof(StackRecord))]
[JsonSerializable(typeof(ServiceRecord))]
[JsonSerializable(typeof(InstanceRecord))]
internal sealed partial class SupervisorJson : JsonSerializerContext
{
    /// <summary>Throws <see cref="JournalException"/> when the record cannot be understood.</summary>
    public static T Parse<T>(string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JournalException("a record of the journal cannot be understood: it is null");
        }
        catch (JsonException e)
        {
            throw new JournalException($"a record of the journal cannot be understood: {e.Message}", e);
        }
    }
}
