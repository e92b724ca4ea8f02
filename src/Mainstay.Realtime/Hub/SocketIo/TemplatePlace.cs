using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Where something is in JSON: <c>a.b</c>, <c>list.0</c>, or the first of some that is there: <c>a|b|=text</c>. Nothing at all is the whole.</summary>
internal sealed class TemplatePlace
{
    private readonly string _written;
    private readonly ImmutableArray<ImmutableArray<string>> _paths;
    private readonly JsonElement? _otherwise;

    private TemplatePlace(string written, ImmutableArray<ImmutableArray<string>> paths, JsonElement? otherwise) => (_written, _paths, _otherwise) = (written, paths, otherwise);

    public static TemplatePlace Parse(string written)
    {
        var ways = written.Split('|');
        var paths = ways.Where(way => !way.StartsWith('=')).Select(way => way.Length == 0 ? [] : way.Split('.').ToImmutableArray());
        var otherwise = Array.Find(ways, way => way.StartsWith('='));
        return new(written, [.. paths], otherwise is null ? null : JsonSerializer.SerializeToElement(otherwise[1..]));
    }

    /// <summary>Null is as good as absent.</summary>
    public JsonElement? Find(JsonElement from)
    {
        foreach (var path in _paths)
        {
            if (Follow(from, path) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } found)
            {
                return found;
            }
        }

        return _otherwise;
    }

    /// <summary>Of a text what it says, of a number or a truth as it is written; null for others.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => MessageFields.Unescaped(value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    public override string ToString() => $"{{{_written}}}";

    private static JsonElement? Follow(JsonElement from, ImmutableArray<string> path)
    {
        var at = from;
        foreach (var step in path)
        {
            if (at.ValueKind is JsonValueKind.Object && at.TryGetProperty(step, out var member))
            {
                at = member;
            }
            else if (at.ValueKind is JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }
}
