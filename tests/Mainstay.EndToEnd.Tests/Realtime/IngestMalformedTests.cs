using System.Net.WebSockets;
using System.Text;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Whatever clients send, they harm nobody but themselves.</summary>
public sealed class IngestMalformedTests
{
    private const int Messages = 500;

    private static readonly string[] s_seeds =
    [
        """{"event":"start","interaction_id":"bad","tenant_id":"tenant-a","sample_rate":16000,"encoding":"pcm16"}""",
        """{"event":"start","interaction_id":"bad","tenant_id":"tenant-a","sample_rate":16000,"encoding":"pcm16","resume":{"session":"0123456789abcdef0123456789abcdef","next_seq":9}}""",
        """{"event":"stop"}""", """{"event":"ack","seq":-1}""", """{"event":null}""", """{"event":["start"],"event":{}}""", "[]", "null", "\"\"", "{", "", "\0", "{\"event\":\"\ud83d\ude00\"}", "1e999", "{\"event\":\"start\",\"sample_rate\":1e400}",
    ];

    [Fact]
    public async Task Random_messages_before_and_after_the_start_crash_nothing_and_end_no_other_call()
    {
        await using var stack = await IngestStack.UpAsync();
        await using var call = IngestCall.Begin(stack, "int-1");
        await call.GoesOnAsync(5);
        var process = await stack.ProcessAsync();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(seed => SendAsync(stack, new Random(seed), Messages / 5)));

        await call.GoesOnAsync(5);
        await call.MustBeStoredAsync();
        Assert.Equal([1000], call.Endings.Select(e => e.Code));
        Assert.Equal(process, await stack.ProcessAsync());
        Assert.DoesNotContain(await stack.Home.LogsAsync("ingest"), line => line.Contains("Exception", StringComparison.Ordinal));
    }

    /// <summary>Each on a connection of its own: the first wrong one ends it.</summary>
    private static async Task SendAsync(IngestStack stack, Random chance, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {stack.Token("bad")}");
            await socket.ConnectAsync(stack.Url, TestContext.Current.CancellationToken);
            if (i % 2 == 0)
            {
                await TrySendAsync(socket, Encoding.UTF8.GetBytes(s_seeds[0]), WebSocketMessageType.Text);
                await TryReceiveAsync(socket);
            }

            var isText = chance.Next(3) > 0;
            await TrySendAsync(socket, Message(chance, isText), isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
            await TrySendAsync(socket, Encoding.UTF8.GetBytes(s_seeds[chance.Next(2)]), WebSocketMessageType.Text);
            if (chance.Next(2) == 0)
            {
                // To this there is always an answer: started, an error or a close.
                await TryReceiveAsync(socket);
            }
        }
    }

    /// <summary>Something that is nearly right, with bytes changed, cut off or doubled; or noise.</summary>
    private static byte[] Message(Random chance, bool isText)
    {
        var message = Encoding.UTF8.GetBytes(s_seeds[chance.Next(s_seeds.Length)]);
        if (!isText || chance.Next(5) == 0)
        {
            message = new byte[chance.Next(5) == 0 ? chance.Next(200_000) : chance.Next(300)];
            chance.NextBytes(message);
        }

        for (var i = chance.Next(4); i > 0 && message.Length > 0; i--)
        {
            message[chance.Next(message.Length)] = (byte)chance.Next(256);
        }

        return chance.Next(4) switch
        {
            0 => message[..chance.Next(message.Length + 1)],
            1 => [.. message, .. message],
            _ => message,
        };
    }

    private static async Task TrySendAsync(ClientWebSocket socket, byte[] message, WebSocketMessageType type)
    {
        try
        {
            await socket.SendAsync(message, type, true, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // It was closed on us, which is its right.
        }
    }

    private static async Task TryReceiveAsync(ClientWebSocket socket)
    {
        try
        {
            await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // It was closed on us, which is its right.
        }
    }
}
