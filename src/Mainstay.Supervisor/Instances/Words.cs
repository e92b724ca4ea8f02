using System.Text.Json;

namespace Mainstay.Supervisor.Instances;

/// <summary>Enum values as users and the wire write them.</summary>
internal static class Words
{
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
