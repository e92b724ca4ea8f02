using System.Net.WebSockets;
using System.Text.Json;

namespace Mainstay.Realtime.Simulator;

/// <summary>What became of a call.</summary>
/// <param name="Acked">Null where the dialect has no acks.</param>
/// <param name="Ended">It talked to its end and was closed in order; else it was cut.</param>
/// <param name="CloseCode">Null when the connection broke, or never was.</param>
internal sealed record CallReport(string Call, long Sent, long? Acked, bool Ended, int? CloseCode, string Because);

/// <summary>One caller: talks at the pace of speech, and hears how it ends.</summary>
internal static class SimulatedCall
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(30);

    public static async Task<CallReport> RunAsync(SimulatorOptions options, SimulatedSpeech speech, TimeProvider time, CancellationToken giveUp)
    {
        using var socket = new ClientWebSocket();
        if (options.Authorization is { } authorization)
        {
            socket.Options.SetRequestHeader("Authorization", authorization);
        }

        var sent = new Counter();
        try
        {
            await socket.ConnectAsync(options.Url, giveUp);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
            var acked = new Counter();
            var hearing = HearAsync(socket, acked, over.Token);
            var saidAll = await TalkAsync(options, speech, socket, sent, hearing, time, giveUp);
            over.CancelAfter(s_closePatience);
            await hearing;
            var code = (int?)socket.CloseStatus;
            return new(speech.Call, sent.Value, speech.IsBinary ? acked.Value : null, saidAll && code == (int)WebSocketCloseStatus.NormalClosure && (!speech.IsBinary || acked.Value == sent.Value), code, socket.CloseStatusDescription ?? "");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or HttpRequestException)
        {
            return new(speech.Call, sent.Value, null, false, (int?)socket.CloseStatus, e.Message);
        }
    }

    /// <returns>False: it was interrupted.</returns>
    private static async Task<bool> TalkAsync(SimulatorOptions options, SimulatedSpeech speech, ClientWebSocket socket, Counter sent, Task hearing, TimeProvider time, CancellationToken giveUp)
    {
        foreach (var message in speech.Beginning())
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, true, giveUp);
        }

        var began = time.GetTimestamp();
        while (sent.Value * speech.FrameLength < options.Length)
        {
            if (hearing.IsCompleted || socket.State is not WebSocketState.Open)
            {
                return false;
            }

            await socket.SendAsync(speech.Frame(sent.Value), speech.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, giveUp);
            sent.Value++;

            // By the clock of the whole call, so that late wake-ups do not add up.
            var ahead = (sent.Value * speech.FrameLength) - time.GetElapsedTime(began);
            if (ahead > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(ahead, time, giveUp), hearing);
            }
        }

        await socket.SendAsync(speech.End(sent.Value), WebSocketMessageType.Text, true, giveUp);
        return true;
    }

    /// <summary>Until the server closes, which is answered.</summary>
    private static async Task HearAsync(ClientWebSocket socket, Counter acked, CancellationToken token)
    {
        var buffer = new byte[128 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), token);
                length = (length + part.Count) % buffer.Length;
            }
            while (!part.EndOfMessage);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", token);
                return;
            }

            if (Ack(buffer.AsMemory(0, length)) is { } seq)
            {
                acked.Value = seq;
            }
        }
    }

    private static long? Ack(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement.TryGetProperty("event", out var name) && name.GetString() == "ack" ? json.RootElement.GetProperty("seq").GetInt64() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Counter
    {
        public long Value { get; set; }
    }
}
