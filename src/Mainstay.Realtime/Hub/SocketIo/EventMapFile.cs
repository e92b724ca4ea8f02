using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Reads a map; everything that is wrong with it is told, each with its place.</summary>
internal sealed class EventMapFile
{
    private const int MaxBytes = 1 << 20;
    private const int MaxNamespace = 128;

    // The library's own; it throws on an event of such a name.
    private static readonly string[] s_reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
    private static readonly string[] s_kinds = ["sub", "unsub", "pub", "req", "cancel", "ack", "res", "err", "status", "watch"];

    private readonly ImmutableArray<string>.Builder _faults = ImmutableArray.CreateBuilder<string>();

    private EventMapFile()
    {
    }

    /// <summary>The map; or what is wrong, each the end of a sentence that begins with the setting's name.</summary>
    public static (EventMap? Map, ImmutableArray<string> Faults) Open(string path)
    {
        if (!Path.IsPathRooted(path))
        {
            return (null, ["is not an absolute path"]);
        }

        var (bytes, fault) = BoundedFile.Read(path, MaxBytes);
        return bytes is null ? (null, [fault]) : Read(bytes, path);
    }

    /// <param name="name">Of the file, for people.</param>
    public static (EventMap? Map, ImmutableArray<string> Faults) Read(ReadOnlyMemory<byte> json, string name)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            return (null, [FormattableString.Invariant($"names {name}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}, where the JSON ends to be JSON")]);
        }

        using (document)
        {
            var file = new EventMapFile();
            var map = file.Map(document.RootElement);
            return file._faults.Count > 0 ? (null, [.. file._faults.Select(f => $"names {name}: {f}")]) : (map, []);
        }
    }

    private EventMap Map(JsonElement root)
    {
        var top = Keys(root, "the map", "namespace", "hello", "role", "roles", "start", "in", "out");
        var to = Keys(top.GetValueOrDefault("out"), "out", "welcome", "req", "evt", "state", "upd", "err", "drain", "cancel");
        return new()
        {
            Namespace = top.TryGetValue("namespace", out var name) ? Namespace(name) : SocketPacket.Root,
            Hello = top.TryGetValue("hello", out var hello) ? Template(hello, "hello") : JsonTemplate.All,
            Role = top.TryGetValue("role", out var role) ? Template(role, "role") : null,
            Roles = Members(top, "roles", "roles", Role),
            Start = ByRole(top, "start", "start", StartOf),
            In = Members(top, "in", "in", In),
            Welcome = ByRole(to, "welcome", "out.welcome", (e, at) => Event(e, at)),
            Requests = Members(to, "req", "out.req", Request),
            Rooms = List(to, "evt", (e, at) => (Pattern(e, "room", at), Event(e, at, "room"))),
            States = List(to, "state", (e, at) => (Pattern(e, "of", at), e.TryGetProperty("item", out var item) ? Template(item, $"{at}.item") : JsonTemplate.All, Event(e, at, "of", "item"))),
            Update = Optional(to, "upd"),
            Error = Optional(to, "err"),
            Drain = Optional(to, "drain"),
            Cancel = Optional(to, "cancel"),
        };
    }

    private string Namespace(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxNamespace } text && text[0] == '/' && text.All(c => c is > ' ' and <= '~' and not ',' and not '?'))
        {
            return text;
        }

        return Fault("namespace", "must be a text that begins with a slash and has no comma or question mark", SocketPacket.Root);
    }

    private IdentityKind Role(JsonElement value, string at) => (value.ValueKind is JsonValueKind.String ? Kind(value.GetString()!) : null) ?? Fault(at, "must be web, device or backend", IdentityKind.Web);

    private static IdentityKind? Kind(string word) => word switch
    {
        "web" => IdentityKind.Web,
        "device" => IdentityKind.Device,
        "backend" => IdentityKind.Backend,
        _ => null,
    };

    private ImmutableArray<HubMessage> StartOf(JsonElement list, string at)
    {
        if (list.ValueKind is not JsonValueKind.Array)
        {
            return Fault(at, "must be a list of messages", ImmutableArray<HubMessage>.Empty);
        }

        var messages = ImmutableArray.CreateBuilder<HubMessage>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            var place = FormattableString.Invariant($"{at}.{index}");
            var read = item.ValueKind is JsonValueKind.Object ? MessageReader.Read(EventMessages.Complete(item, FormattableString.Invariant($"{EventMessages.StartId}{index}"))) : default;
            if (read.Message is HubMessage.Subscribe or HubMessage.Watch)
            {
                messages.Add(read.Message);
            }
            else
            {
                Fault(place, read.Error?.Message is { } why ? $"is no message: {why}" : "must be a message sub or watch", 0);
            }
        }

        return messages.ToImmutable();
    }

    private EventIn In(JsonElement value, string at)
    {
        if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty("t", out var t) || t.ValueKind is not JsonValueKind.String || !s_kinds.Contains(t.GetString(), StringComparer.Ordinal))
        {
            return Fault(at, $"must be a message with t, one of {string.Join(", ", s_kinds)}", new EventIn(JsonTemplate.All, null, JsonTemplate.All));
        }

        TemplatePlace? each = null;
        if (value.TryGetProperty("each", out var list))
        {
            each = list.ValueKind is JsonValueKind.String && list.GetString() is ['{', .. var place, '}'] ? TemplatePlace.Parse(place) : Fault<TemplatePlace?>($"{at}.each", "must be a place in braces", null);
        }

        var message = JsonSerializer.SerializeToElement(value.EnumerateObject().Where(m => m.Name is not ("each" or "reply")).ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
        return new(Template(message, at), each, value.TryGetProperty("reply", out var reply) ? Template(reply, $"{at}.reply") : JsonTemplate.All);
    }

    private RequestOut Request(JsonElement value, string at)
    {
        var e = Event(value, at, "answer", "accepts");
        var answer = value.ValueKind is JsonValueKind.Object && value.TryGetProperty("answer", out var a) ? Template(a, $"{at}.answer") : null;
        var accepts = value.ValueKind is JsonValueKind.Object && value.TryGetProperty("accepts", out var by) ? by.ValueKind is JsonValueKind.String ? by.GetString() : "" : "event";
        return new(e, answer, accepts is "event" or "sending" ? accepts == "sending" : Fault($"{at}.accepts", "must be event or sending", false));
    }

    private EventOut? Optional(Dictionary<string, JsonElement> keys, string key) => keys.TryGetValue(key, out var value) ? Event(value, $"out.{key}") : null;

    private EventOut Event(JsonElement value, string at, params string[] more)
    {
        var keys = Keys(value, at, [.. more, "event", "args"]);
        if (!keys.TryGetValue("event", out var name) || name.ValueKind is not JsonValueKind.String || name.GetString() is not { Length: > 0 } text || s_reserved.Contains(text, StringComparer.Ordinal))
        {
            return Fault($"{at}.event", "must be an event's name, and none of the library's own", new EventOut("", []));
        }

        if (!keys.TryGetValue("args", out var args))
        {
            return new(text, [JsonTemplate.All]);
        }

        return args.ValueKind is JsonValueKind.Array
            ? new(text, [.. args.EnumerateArray().Select((a, i) => Template(a, FormattableString.Invariant($"{at}.args.{i}")))])
            : Fault($"{at}.args", "must be a list", new EventOut(text, []));
    }

    private NamePattern Pattern(JsonElement value, string key, string at) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(key, out var name) && name.ValueKind is JsonValueKind.String && NamePattern.Parse(name.GetString()!) is { } pattern
            ? pattern
            : Fault($"{at}.{key}", "must be a name, or a beginning with a star behind it", default(NamePattern));

    private JsonTemplate Template(JsonElement value, string at)
    {
        try
        {
            return JsonTemplate.Parse(value);
        }
        catch (FormatException e)
        {
            return Fault(at, $"is no template: {e.Message}", JsonTemplate.All);
        }
    }

    private ImmutableArray<T> List<T>(Dictionary<string, JsonElement> keys, string key, Func<JsonElement, string, T> read) =>
        !keys.TryGetValue(key, out var list) ? []
        : list.ValueKind is JsonValueKind.Array && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.Object)
            ? [.. list.EnumerateArray().Select((e, i) => read(e, FormattableString.Invariant($"out.{key}.{i}")))]
            : Fault($"out.{key}", "must be a list of objects", ImmutableArray<T>.Empty);

    private ImmutableDictionary<IdentityKind, T> ByRole<T>(Dictionary<string, JsonElement> keys, string key, string at, Func<JsonElement, string, T> read) =>
        Keys(keys.GetValueOrDefault(key), at, "web", "device", "backend").ToImmutableDictionary(m => Kind(m.Key)!.Value, m => read(m.Value, $"{at}.{m.Key}"));

    private ImmutableDictionary<string, T> Members<T>(Dictionary<string, JsonElement> keys, string key, string at, Func<JsonElement, string, T> read) =>
        !keys.TryGetValue(key, out var value) ? ImmutableDictionary<string, T>.Empty
        : value.ValueKind is JsonValueKind.Object ? value.EnumerateObject().DistinctBy(m => m.Name).ToImmutableDictionary(m => m.Name, m => read(m.Value, $"{at}.{m.Name}"), StringComparer.Ordinal)
        : Fault(at, "must be an object", ImmutableDictionary<string, T>.Empty);

    /// <summary>The members of an object that may have these; of nothing, none.</summary>
    private Dictionary<string, JsonElement> Keys(JsonElement value, string at, params string[] known)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (value.ValueKind is JsonValueKind.Undefined)
        {
            return found;
        }

        if (value.ValueKind is not JsonValueKind.Object)
        {
            return Fault(at, "must be an object", found);
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                Fault($"{at}.{member.Name}", $"is not known; there are {string.Join(", ", known)}", 0);
            }
            else if (!found.TryAdd(member.Name, member.Value))
            {
                Fault($"{at}.{member.Name}", "is there twice", 0);
            }
        }

        return found;
    }

    private T Fault<T>(string at, string what, T otherwise)
    {
        _faults.Add($"{at} {what}");
        return otherwise;
    }
}
