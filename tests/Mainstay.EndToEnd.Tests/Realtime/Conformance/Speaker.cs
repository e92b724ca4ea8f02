using System.Text;
using System.Text.Json.Nodes;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What a raw connection says and hears at one of the two services: neither echoes frames, so that what was taken shows in the answers of its own protocol.</summary>
internal abstract class Speaker(string token)
{
    public string Token => token;

    public abstract string Path { get; }

    /// <summary>Of its data messages.</summary>
    public abstract int Opcode { get; }

    public virtual string? Protocol => null;

    /// <summary>The longest message.</summary>
    public abstract int Limit { get; }

    /// <summary>The text that comes first.</summary>
    public abstract string[] FirstWords { get; }

    /// <summary>The service knows who this is when it says so.</summary>
    public abstract bool IsWelcome(JsonNode said);

    /// <summary>A message that is taken, of so many bytes.</summary>
    public abstract byte[] Message(int bytes);

    /// <summary>A text message with these bytes in a place where any text may stand.</summary>
    public abstract byte[] Carry(byte[] text);

    /// <summary>What shows that the connection lives: the last word, which is answered.</summary>
    public abstract string LastWord { get; }

    /// <summary>How many messages were taken, by this answer; null: it is about something else.</summary>
    public abstract int? Taken(JsonNode said);

    /// <summary>The answer to the last word.</summary>
    public abstract bool IsLast(JsonNode said);

    /// <summary>Whether texts are answered one by one.</summary>
    public abstract bool AnswersTexts { get; }
}

/// <summary>Publishes into a room of its own and hears its own events: text, byte for byte.</summary>
internal sealed class HubSpeaker(string token, string room) : Speaker(token)
{
    private readonly HashSet<string> _said = [];

    public override string Path => "/hub";

    public override int Opcode => Wire.Text;

    public override string Protocol => "mainstay.hub.v1";

    public override int Limit => 256 << 10;

    public override string[] FirstWords => ["""{"t":"hello"}""", $$"""{"t":"sub","id":"s","room":"{{room}}"}"""];

    public override bool AnswersTexts => true;

    public override string LastWord => """{"t":"ping","n":7}""";

    public override bool IsWelcome(JsonNode said) => (string?)said["t"] == "ok";

    public override byte[] Message(int bytes) => bytes == 0 ? [] : Carry(Encoding.ASCII.GetBytes(new string('a', bytes - Carry([]).Length)));

    public override byte[] Carry(byte[] text)
    {
        _said.Add(Encoding.UTF8.GetString(text));
        return [.. Encoding.UTF8.GetBytes("{\"t\":\"pub\",\"id\":\"p\",\"room\":\"" + room + "\",\"data\":\""), .. text, .. "\"}"u8];
    }

    public override int? Taken(JsonNode said) => (string?)said["t"] switch
    {
        "evt" => _said.Contains((string)said["data"]!) ? 1 : throw new InvalidOperationException($"an event that nobody sent: {said.ToJsonString()}"),
        "err" when (string?)said["code"] == "bad_message" => 1,
        "ok" => 0,
        _ => null,
    };

    public override bool IsLast(JsonNode said) => (string?)said["t"] == "pong" && (int?)said["n"] == 7;
}

/// <summary>A call: its audio is counted, texts that mean nothing to it are not answered.</summary>
internal sealed class IngestSpeaker(string token, string interaction) : Speaker(token)
{
    public override string Path => "/v1/ingest";

    public override int Opcode => Wire.Binary;

    public override int Limit => 1 << 20;

    public override string[] FirstWords => [$$"""{"event":"start","interaction_id":"{{interaction}}","tenant_id":"tenant-a","sample_rate":48000,"encoding":"pcm16"}"""];

    public override bool AnswersTexts => false;

    public override string LastWord => """{"event":"stop"}""";

    public override bool IsWelcome(JsonNode said) => (string?)said["event"] == "started";

    public override byte[] Message(int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];

    public override byte[] Carry(byte[] text) => [.. "{\"event\":\"other\",\"data\":\""u8, .. text, .. "\"}"u8];

    public override int? Taken(JsonNode said) => (string?)said["event"] switch
    {
        "stopped" => (int?)said["frames"],
        "ack" => 0,
        _ => null,
    };

    public override bool IsLast(JsonNode said) => (string?)said["event"] == "stopped";
}
