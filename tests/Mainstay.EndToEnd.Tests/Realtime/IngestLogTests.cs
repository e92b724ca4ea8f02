using System.Security.Cryptography;
using Mainstay.EndToEnd.Tests.Support;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>What the service writes of calls: their beginning and end, and nothing that is secret.</summary>
public sealed class IngestLogTests
{
    [Fact]
    public async Task A_call_of_5000_frames_leaves_a_few_lines_and_no_secret_is_in_any_file_or_output()
    {
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        await using var stack = await IngestStack.UpAsync(password: password);

        var seen = await IngestForeignClient.CallAsync(stack, "node", "int-1", 5, 5000, new() { ["stop"] = true, ["bytes"] = 320 });
        Assert.Equal(5000, seen.AckedSeqs[^1]);
        Assert.InRange((await stack.Home.LogsAsync("ingest")).Length, 3, 19);

        // What tempts to print more: a token that is refused, one in a query, a broker that goes and comes.
        var refused = IngestToken.Signed(stack.Key, IngestToken.Claims("tenant-a", lives: -1000));
        foreach (var (query, token) in ((string, string)[])[("", refused), ($"?access_token={refused}", "")])
        {
            var answer = await Web.GetAsync(stack.Port, $"/v1/ingest{query}", ("Authorization", $"Bearer {token}"), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
            Assert.Equal(401, (int)answer.Status);
            Assert.DoesNotContain(refused, answer.Text, StringComparison.Ordinal);
        }

        await stack.Redis.DieAsync();
        await stack.BecomesAsync("degraded");
        await stack.Redis.ReturnAsync();
        await stack.BecomesAsync("healthy");
        var lines = await stack.Home.LogsShowAsync("ingest", "is there");
        Assert.InRange(lines.Length, 6, 30);

        var status = await stack.Home.RunAsync("status", "--json");
        var health = await Web.GetAsync(stack.Port, "/health");
        foreach (var secret in (string[])[password, stack.Token("int-1")[..60], refused[..60], refused[^60..]])
        {
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, status.Screen + health.Text, StringComparison.Ordinal);
            var logs = Directory.GetFiles(stack.Home.Home, "*", SearchOption.AllDirectories).Where(f => f[stack.Home.Root.Length..].Contains("log", StringComparison.OrdinalIgnoreCase)).ToArray();
            Assert.NotEmpty(logs);
            Assert.DoesNotContain(logs, file => File.ReadAllText(file).Contains(secret, StringComparison.Ordinal));
        }
    }
}
