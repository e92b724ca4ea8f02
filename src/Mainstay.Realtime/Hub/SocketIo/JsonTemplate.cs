using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>JSON with places in it that are filled from other JSON; docs/wire/socketio.md says how they are written.</summary>
internal abstract record JsonTemplate
{
    private const string Spread = "...";

    private static readonly TemplatePlace s_all = TemplatePlace.Parse("");

    /// <summary>What it is filled from, as it is.</summary>
    public static JsonTemplate All { get; } = new Place(s_all);

    /// <exception cref="FormatException">A text has a brace that is not closed.</exception>
    public static JsonTemplate Parse(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new Members([.. json.EnumerateObject().Select(m => new KeyValuePair<string, JsonTemplate>(m.Name, Parse(m.Value)))]),
        JsonValueKind.Array => new Items([.. json.EnumerateArray().Select(Parse)]),
        JsonValueKind.String => OfText(json.GetString()!),
        _ => new Fixed(json.Clone()),
    };

    /// <summary>False: a place that it stands for is empty.</summary>
    public abstract bool IsThere(JsonElement from);

    /// <summary>Of what is not there, null.</summary>
    /// <exception cref="BadFieldException">A text has a place that nothing fills.</exception>
    public abstract void Write(Utf8JsonWriter w, JsonElement from);

    private static JsonTemplate OfText(string text)
    {
        var parts = ImmutableArray.CreateBuilder<(string Text, TemplatePlace? Place)>();
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '{' && at + 1 < text.Length && text[at + 1] == '{')
            {
                plain.Append('{');
                at++;
            }
            else if (text[at] == '{')
            {
                var end = text.IndexOf('}', at);
                if (end < 0)
                {
                    throw new FormatException($"the brace in \"{text}\" is not closed");
                }

                parts.Add((plain.ToString(), TemplatePlace.Parse(text[(at + 1)..end])));
                plain.Clear();
                at = end;
            }
            else
            {
                plain.Append(text[at]);
            }
        }

        return parts is [("", { } only)] && plain.Length == 0 ? new Place(only) : new Text([.. parts, (plain.ToString(), null)]);
    }

    private sealed record Fixed(JsonElement Json) : JsonTemplate
    {
        public override bool IsThere(JsonElement from) => true;

        public override void Write(Utf8JsonWriter w, JsonElement from) => Json.WriteTo(w);
    }

    private sealed record Place(TemplatePlace At) : JsonTemplate
    {
        public override bool IsThere(JsonElement from) => At.Find(from) is not null;

        public override void Write(Utf8JsonWriter w, JsonElement from)
        {
            if (At.Find(from) is { } found)
            {
                found.WriteTo(w);
            }
            else
            {
                w.WriteNullValue();
            }
        }
    }

    private sealed record Text(ImmutableArray<(string Text, TemplatePlace? Place)> Parts) : JsonTemplate
    {
        public override bool IsThere(JsonElement from) => true;

        public override void Write(Utf8JsonWriter w, JsonElement from)
        {
            var text = new StringBuilder();
            foreach (var (plain, place) in Parts)
            {
                text.Append(plain);
                if (place is not null)
                {
                    text.Append(place.Find(from) is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) } value && TemplatePlace.TextOf(value) is { } found
                        ? found
                        : throw new BadFieldException($"{place} must be a text, a number, true or false"));
                }
            }

            w.WriteStringValue(text.ToString());
        }
    }

    private sealed record Items(ImmutableArray<JsonTemplate> List) : JsonTemplate
    {
        public override bool IsThere(JsonElement from) => true;

        public override void Write(Utf8JsonWriter w, JsonElement from)
        {
            w.WriteStartArray();
            foreach (var item in List)
            {
                item.Write(w, from);
            }

            w.WriteEndArray();
        }
    }

    private sealed record Members(ImmutableArray<KeyValuePair<string, JsonTemplate>> List) : JsonTemplate
    {
        public override bool IsThere(JsonElement from) => true;

        public override void Write(Utf8JsonWriter w, JsonElement from)
        {
            w.WriteStartObject();
            foreach (var (name, value) in List)
            {
                if (name == Spread)
                {
                    WriteSpread(w, value, from);
                }
                else if (value.IsThere(from))
                {
                    w.WritePropertyName(name);
                    value.Write(w, from);
                }
            }

            w.WriteEndObject();
        }

        private void WriteSpread(Utf8JsonWriter w, JsonTemplate value, JsonElement from)
        {
            if (value is not Place { At: var at } || at.Find(from) is not { ValueKind: JsonValueKind.Object } found)
            {
                return;
            }

            foreach (var member in found.EnumerateObject().Where(m => !List.Any(own => own.Key == m.Name)))
            {
                member.WriteTo(w);
            }
        }
    }
}
