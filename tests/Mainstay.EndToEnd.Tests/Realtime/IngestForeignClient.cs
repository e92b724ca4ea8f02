using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>One call by a client that is not ours, told as it saw it.</summary>
internal sealed record IngestForeignClient(JsonNode[] Started, JsonNode[] Acks, JsonNode[] Others, JsonNode[] Closes, long Frames)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(50);
    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public long[] AckedSeqs => [.. Acks.Select(a => a["seq"]!.GetValue<long>())];

    public string Session => Started[0]["session"]!.GetValue<string>();

    /// <param name="client">node or python.</param>
    /// <param name="more">What is special about this call; the scripts say what there is.</param>
    public static async Task<IngestForeignClient> CallAsync(IngestStack stack, string client, string interaction, int seed, int frames, JsonObject? more = null)
    {
        await using var calling = Begin(stack.Url, stack.Token(interaction), client, interaction, seed, frames, more);
        return await EndedAsync(calling);
    }

    /// <summary>The same, without waiting for its end.</summary>
    public static Child Begin(Uri url, string token, string client, string interaction, int seed, int frames, JsonObject? more = null)
    {
        var call = more ?? [];
        call["url"] = url.ToString();
        call["token"] = token;
        call["interaction"] = interaction;
        call["tenant"] = "tenant-a";
        call["seed"] = seed;
        call["frames"] = frames;
        call["bytes"] ??= 3200;
        var (program, script) = client == "node" ? ("node", "tests/node/ingest.js") : (TestServices.PythonProgram, "tests/python/ingest.py");
        return Child.Start(program, [Path.Combine(Repository.Root(), script), call.ToJsonString()], Path.GetTempPath(), []);
    }

    public static async Task<IngestForeignClient> EndedAsync(Child calling) =>
        JsonSerializer.Deserialize<IngestForeignClient>((await calling.ExitAsync(s_deadline)).MustExit(0).Out, s_names)!;
}
