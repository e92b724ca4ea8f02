using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Mainstay.Harness.Load;

/// <summary>How one WebSocket lived and ended.</summary>
/// <param name="Code">The close code; null when it ended without a close frame.</param>
public sealed record SocketReport(TimeSpan Lived, int Echoes, int? Code, string Detail);

/// <summary>A WebSocket to an echoing service that says something every 100 ms and checks every echo, until either side ends it.</summary>
public sealed class TalkingSocket : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _opened = Stopwatch.GetTimestamp();
    private int _echoes;

    private TalkingSocket(ClientWebSocket socket)
    {
        _socket = socket;
        Ended = Task.Run(TalkAsync);
    }

    public Task<SocketReport> Ended { get; }

    public bool IsOpen => !Ended.IsCompleted;

    public int Echoes => Volatile.Read(ref _echoes);

    public static async Task<TalkingSocket> OpenAsync(Uri url, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(url, cancel);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task TalksAsync(int more = 3)
    {
        var before = Echoes;
        return Eventually.TrueAsync($"the WebSocket echoes {more} more times", () => Echoes >= before + more || !IsOpen);
    }

    /// <summary>Says goodbye with 1000 and reports.</summary>
    public async Task<SocketReport> CloseAsync()
    {
        await _stop.CancelAsync();
        return await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task<SocketReport> TalkAsync()
    {
        var buffer = new byte[1024];
        try
        {
            for (var number = 1; !_stop.IsCancellationRequested; number++)
            {
                var said = number.ToString(CultureInfo.InvariantCulture);
                await _socket.SendAsync(Encoding.ASCII.GetBytes(said), WebSocketMessageType.Text, true, CancellationToken.None);
                using var silence = new CancellationTokenSource(Patience, TimeProvider.System);
                var heard = await _socket.ReceiveAsync(buffer, silence.Token);
                if (heard.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return Report((int?)heard.CloseStatus, "closed by the server");
                }

                if (Encoding.ASCII.GetString(buffer, 0, heard.Count) != said)
                {
                    return Report(null, $"said {said}, heard {Encoding.ASCII.GetString(buffer, 0, heard.Count)}");
                }

                Interlocked.Increment(ref _echoes);
                await Task.Delay(Beat, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            return Report(1000, "closed by us");
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            return Report(null, e.Message);
        }
    }

    private SocketReport Report(int? code, string detail) => new(Stopwatch.GetElapsedTime(_opened), _echoes, code, detail);
}
