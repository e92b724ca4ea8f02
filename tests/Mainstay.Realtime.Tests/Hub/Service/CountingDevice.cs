using System.Collections.Concurrent;
using System.Text.Json;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>A device that does what docs/wire/hub.md wants of one, and counts what it did. Its disk outlives its connections.</summary>
internal sealed class CountingDevice
{
    private readonly ConcurrentDictionary<string, string> _disk = new(StringComparer.Ordinal);

    /// <summary>How often each key was done.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    /// <summary>What it says when it is asked what became of something.</summary>
    public ConcurrentQueue<string> Questions { get; } = [];

    /// <summary>Takes requests until the connection ends.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="silentAfterAck">It stores and acknowledges, does it, and is cut off before it can say so.</param>
    public async Task ServeAsync(HubPeer peer, bool silentAfterAck = false)
    {
        try
        {
            while (true)
            {
                var request = await peer.NextAsync("req");
                await (request.Text("op") == "$status" ? AnswerAsync(peer, request) : DoAsync(peer, request, silentAfterAck));
                if (silentAfterAck)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is System.Threading.Channels.ChannelClosedException or System.Net.WebSockets.WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended.
        }
    }

    private async Task DoAsync(HubPeer peer, JsonElement request, bool silent)
    {
        var (id, key) = (request.Text("id"), request.Text("key"));
        var isNew = _disk.TryAdd(key, id);
        await peer.SendAsync($$"""{"t":"ack","id":"{{id}}"}""");
        if (isNew)
        {
            Done.AddOrUpdate(key, 1, (_, n) => n + 1);
        }

        if (!silent)
        {
            await peer.SendAsync($$"""{"t":"res","id":"{{id}}","ok":true,"data":{"pages":1} }""");
        }
    }

    private Task AnswerAsync(HubPeer peer, JsonElement question)
    {
        var key = question.GetProperty("data").Text("key");
        Questions.Enqueue(key);
        var state = _disk.ContainsKey(key) ? """{"state":"done","data":{"pages":1}}""" : """{"state":"none"}""";
        return peer.SendAsync($$"""{"t":"res","id":"{{question.Text("id")}}","ok":true,"data":{{state}} }""");
    }
}
