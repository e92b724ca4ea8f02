using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

#pragma warning disable CA5350 // RFC 6455 says SHA-1.
namespace Mainstay.Edge.Tests.Harness;

/// <summary>A service that speaks WebSocket with the framework's own implementation.</summary>
internal static class WebSocketUpstream
{
    public static RawUpstream Echo() => new(async connection =>
    {
        var head = await connection.ReadRequestAsync();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(RawConnection.Field(head!, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await connection.WriteAsync($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        using var server = WebSocket.CreateFromStream(new NetworkStream(connection.Socket), new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[1024];
        try
        {
            while (true)
            {
                var received = await server.ReceiveAsync(buffer, CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await server.CloseAsync((WebSocketCloseStatus)received.CloseStatus!, "", CancellationToken.None);
                    return;
                }

                await server.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // The test ended without a Close.
        }
    });
}
