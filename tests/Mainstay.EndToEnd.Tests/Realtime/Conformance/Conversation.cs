using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>One connection on which one line of the table is tried.</summary>
internal static class Conversation
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task<WireAnswer> RunAsync(int port, Speaker speaker, WireCase line, CancellationToken token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(s_patience);
        using var socket = await OpenAsync(port, speaker, patience.Token);
        var pieces = line.Bytes(speaker);
        var lives = line.Answer.End == WireAnswer.Open;
        var writing = WriteAsync(socket, lives ? [.. pieces, Wire.Frame(Wire.Text, Encoding.UTF8.GetBytes(speaker.LastWord))] : pieces, patience.Token);
        var answer = await ReadAsync(socket, speaker, line, patience.Token);
        await writing;
        return answer;
    }

    public static string Upgrade(Speaker speaker) => $"""
        GET {speaker.Path} HTTP/1.1
        Host: 127.0.0.1
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        Sec-WebSocket-Version: 13
        Authorization: Bearer {speaker.Token}
        {(speaker.Protocol is { } protocol ? $"Sec-WebSocket-Protocol: {protocol}\n" : "")}

        """.ReplaceLineEndings("\n").Replace("\n\n\n", "\n\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

    public static async Task<RawSocket> OpenAsync(int port, Speaker speaker, CancellationToken token)
    {
        var socket = await RawSocket.ConnectAsync(port, token);
        await socket.WriteAsync(Encoding.ASCII.GetBytes(Upgrade(speaker)), token);
        var (head, body) = await socket.ReadAnswerAsync(token);
        Assert.True(head is [var status, ..] && status.Contains(" 101 ", StringComparison.Ordinal), $"{string.Join(" | ", head)} {body}");
        foreach (var word in speaker.FirstWords)
        {
            await socket.WriteAsync(Wire.Frame(Wire.Text, Encoding.UTF8.GetBytes(word)), token);
        }

        while (await socket.ReadFrameAsync(token) is not { Opcode: Wire.Text } frame || !speaker.IsWelcome(JsonNode.Parse(frame.Text)!))
        {
            // The welcome before the answer to its first wish.
        }

        return socket;
    }

    private static async Task WriteAsync(RawSocket socket, byte[][] pieces, CancellationToken token)
    {
        try
        {
            foreach (var piece in pieces)
            {
                await socket.WriteAsync(piece, token);
            }
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A server that has refused what came before needs no more of it.
        }
    }

    private static async Task<WireAnswer> ReadAsync(RawSocket socket, Speaker speaker, WireCase line, CancellationToken token)
    {
        var (taken, pongs, isLast, expected) = (0, new List<int>(), false, line.AnswerOf(speaker));
        try
        {
            while (await socket.ReadFrameAsync(token) is { } frame)
            {
                switch (frame.Opcode)
                {
                    case Wire.Pong:
                        pongs.Add(frame.Payload.Length);
                        break;
                    case Wire.Close:
                        await WriteAsync(socket, [Wire.Frame(Wire.Close, [.. frame.Payload.Take(2)])], token);
                        var end = isLast && Code(frame.Payload) == "close 1000" ? WireAnswer.Open : Code(frame.Payload);
                        return new(taken, pongs, await socket.ReadFrameAsync(token) is null ? end : $"{end}, and more behind it");
                    case Wire.Text:
                        var said = JsonNode.Parse(frame.Text)!;
                        taken += speaker.Taken(said) ?? 0;
                        isLast |= speaker.IsLast(said);
                        Assert.True(isLast || speaker.Taken(said) is not null || expected.End == "close 1009", $"{line}: {frame.Text}");
                        if (isLast && speaker.AnswersTexts && taken >= expected.Messages)
                        {
                            await WriteAsync(socket, [Wire.CloseFrame(1000)], token);
                        }

                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new(taken, pongs, isLast ? "nothing more in time" : "nothing in time");
        }

        return new(taken, pongs, "cut");
    }

    private static string Code(byte[] payload) => payload.Length < 2 ? "close" : string.Create(CultureInfo.InvariantCulture, $"close {(payload[0] << 8) | payload[1]}");
}
