using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Who does not prove who he is, or starts what is not his, never hears <c>started</c>.</summary>
public sealed class IngestAuthTests
{
    private const string Interaction = "int-1";

    /// <summary>Cases by what is wrong with them; the headers that each sends.</summary>
    private static IEnumerable<(string Wrong, string[] Bearers, string Query)> Requests(RSA key)
    {
        using var other = RSA.Create(2048);
        var good = IngestToken.Claims("tenant-a", Interaction);
        var token = IngestToken.Signed(key, good);
        var parts = token.Split('.');
        var (pem, der) = (key.ExportSubjectPublicKeyInfoPem(), key.ExportSubjectPublicKeyInfo());

        yield return ("no credential", [], "");
        yield return ("an empty token", ["Bearer "], "");
        yield return ("no token at all", ["Bearer x"], "");
        yield return ("a password instead", ["Basic " + Convert.ToBase64String("tenant-a:x"u8)], "");
        yield return ("the scheme of another", ["Token " + token], "");
        yield return ("in the query, which is logged on the way", [], "?access_token=" + token);
        yield return ("another key", ["Bearer " + IngestToken.Signed(other, good)], "");
        yield return ("expired", ["Bearer " + IngestToken.Signed(key, IngestToken.Claims("tenant-a", Interaction, lives: -120))], "");
        yield return ("no expiry", ["Bearer " + IngestToken.Signed(key, """{"tenant_id":"tenant-a"}""")], "");
        yield return ("not yet valid", ["Bearer " + IngestToken.Signed(key, good.Replace("{", """{"nbf":9999999999,""", StringComparison.Ordinal))], "");
        yield return ("no tenant", ["Bearer " + IngestToken.Signed(key, IngestToken.Claims(null))], "");
        yield return ("a tenant that is no text", ["Bearer " + IngestToken.Signed(key, good.Replace("\"tenant-a\"", """["tenant-a","tenant-b"]""", StringComparison.Ordinal))], "");
        yield return ("a tenant twice", ["Bearer " + IngestToken.Signed(key, good.Replace("{", """{"tenant_id":"tenant-b",""", StringComparison.Ordinal))], "");
        foreach (var none in (string[])["none", "None", "NONE", ""])
        {
            yield return ($"algorithm \"{none}\" without a signature", ["Bearer " + IngestToken.Of($$"""{"alg":"{{none}}"}""", good, _ => [])], "");
        }

        yield return ("algorithm none with the signature of a good one", [$"Bearer {IngestToken.Part("""{"alg":"none"}"""u8.ToArray())}.{parts[1]}.{parts[2]}"], "");
        yield return ("HS256 with the public key's text", ["Bearer " + IngestToken.Of("""{"alg":"HS256","typ":"JWT"}""", good, signed => HMACSHA256.HashData(Encoding.ASCII.GetBytes(pem), signed))], "");
        yield return ("HS256 with the public key's text and a line end", ["Bearer " + IngestToken.Of("""{"alg":"HS256","typ":"JWT"}""", good, signed => HMACSHA256.HashData(Encoding.ASCII.GetBytes(pem + "\n"), signed))], "");
        yield return ("HS256 with the public key's bytes", ["Bearer " + IngestToken.Of("""{"alg":"HS256"}""", good, signed => HMACSHA256.HashData(der, signed))], "");
        yield return ("a header that lies about the algorithm", ["Bearer " + IngestToken.Signed(key, good, """{"alg":"ES256"}""")], "");
        var jwk = other.ExportParameters(false);
        yield return ("a key of its own", ["Bearer " + IngestToken.Signed(other, good, $$$"""{"alg":"RS256","jwk":{"kty":"RSA","n":"{{{IngestToken.Part(jwk.Modulus!)}}}","e":"AQAB"}}""")], "");
        yield return ("claims of another token", [$"Bearer {parts[0]}.{IngestToken.Part(Encoding.UTF8.GetBytes(IngestToken.Claims("tenant-b")))}.{parts[2]}"], "");
        yield return ("half a signature", ["Bearer " + token[..^100]], "");
        yield return ("no signature", [$"Bearer {parts[0]}.{parts[1]}."], "");
        yield return ("two parts", [$"Bearer {parts[0]}.{parts[1]}"], "");
        yield return ("padding", ["Bearer " + token + "=="], "");
        yield return ("two different tokens", ["Bearer " + token, "Bearer " + IngestToken.Signed(key, IngestToken.Claims("tenant-b"))], "");
        yield return ("longer than any token", ["Bearer " + new string('a', 12_000)], "");
    }

    [Fact]
    public async Task No_wrong_credential_gets_past_the_handshake()
    {
        await using var stack = await IngestStack.UpAsync();
        List<string> admitted = [];
        foreach (var (wrong, headers, query) in Requests(stack.Key))
        {
            var answer = await StartAsync(stack, headers, query, "tenant-a", Interaction);
            if (answer != "HTTP 401" && answer != "HTTP 403")
            {
                admitted.Add($"{wrong}: {answer}");
            }
        }

        Assert.Empty(admitted);
        Assert.StartsWith("""{"event":"started","interaction_id":"int-1",""", await StartAsync(stack, [$"Bearer {stack.Token(Interaction)}"], "", "tenant-a", Interaction), StringComparison.Ordinal);


        // The answer does not wait for the event to be stored.
        await Eventually.BecomesAsync(
            "one call has started", () => stack.Redis.EntriesAsync("audio_events"), events => events.Count(e => e[1].AsSpan().SequenceEqual("started"u8)) == 1);
    }

    [Fact]
    public async Task A_good_token_starts_nothing_of_another_tenant_and_no_other_interaction()
    {
        await using var stack = await IngestStack.UpAsync();
        string[] bound = [$"Bearer {stack.Token(Interaction)}"];
        string[] ofTenant = [$"Bearer {IngestToken.Signed(stack.Key, IngestToken.Claims("tenant-a"))}"];

        foreach (var (headers, tenant, interaction) in ((string[], string, string)[])[
            (bound, "tenant-b", Interaction), (bound, "tenant-a", "int-2"), (bound, "Tenant-A", Interaction), (bound, "tenant-a", "int-1 "), (ofTenant, "tenant-b", "int-2"), (ofTenant, "tenant-a\\u0000", "int-2")])
        {
            var answer = await StartAsync(stack, headers, "", tenant, interaction);
            Assert.True(answer.StartsWith("""{"event":"error",""", StringComparison.Ordinal) && answer.EndsWith(" 1008", StringComparison.Ordinal), $"{tenant} {interaction}: {answer}");
        }

        Assert.Equal(0L, await stack.Redis.AskAsync("EXISTS", "audio_events"));
        Assert.StartsWith("""{"event":"started",""", await StartAsync(stack, ofTenant, "", "tenant-a", "any"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_of_another_caller_cannot_be_resumed()
    {
        await using var stack = await IngestStack.UpAsync();
        var theirs = await IngestForeignClient.CallAsync(stack, "node", "theirs", 1, 20, new() { ["stop"] = true });

        // A session that is not theirs is not found: they are told to go on by their own count, under their own names.
        var answer = await StartAsync(stack, [$"Bearer {stack.Token(Interaction)}"], "", "tenant-a", Interaction, $$""","resume":{"session":"{{theirs.Session}}","next_seq":1}""");

        Assert.Equal(1, JsonNode.Parse(answer)!["next_seq"]!.GetValue<int>());
    }

    /// <summary>The status of a refused handshake, or the first message, with the close code behind it when it was closed then.</summary>
    private static async Task<string> StartAsync(IngestStack stack, string[] headers, string query, string tenant, string interaction, string more = "")
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (headers.Length > 0)
        {
            socket.Options.SetRequestHeader("Authorization", headers[0]);
        }

        if (headers.Length > 1)
        {
            socket.Options.AddSubProtocol($"bearer.{headers[1]["Bearer ".Length..]}");
        }

        try
        {
            await socket.ConnectAsync(new Uri(stack.Url + query), TestContext.Current.CancellationToken);
        }
        catch (WebSocketException e)
        {
            return socket.HttpStatusCode == 0 ? e.ToString() : $"HTTP {(int)socket.HttpStatusCode}";
        }

        var start = $$"""{"event":"start","interaction_id":"{{interaction}}","tenant_id":"{{tenant}}","sample_rate":16000,"encoding":"pcm16"{{more}}}""";
        await socket.SendAsync(Encoding.UTF8.GetBytes(start), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var said = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(buffer, 0, said.Count);
        if (!text.Contains("\"error\"", StringComparison.Ordinal))
        {
            return text;
        }

        await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return $"{text} {(int?)socket.CloseStatus}";
    }
}
