using System.Net.WebSockets;
using Mainstay.Harness.Load;

namespace Mainstay.Bench.Reload;

/// <summary>The users that a reload hurts most: one event stream after the other, and WebSockets that stay open as long as they are let.</summary>
internal sealed class LongLived : IAsyncDisposable
{
    private const int EventsPerStream = 50;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _streams;
    private readonly Task[] _sockets;

    public LongLived(int port, int sockets = 2)
    {
        _streams = Task.Run(() => StreamAsync(new($"http://127.0.0.1:{port}/events?count={EventsPerStream}&every=100")));
        _sockets = [.. Enumerable.Range(0, sockets).Select(_ => Task.Run(() => TalkAsync(new($"ws://127.0.0.1:{port}/ws"))))];
    }

    public List<EventStreamReport> Streams { get; } = [];

    /// <summary>Sockets that the other side ended; those still open at the end are ours to close and are not here.</summary>
    public List<SocketReport> EndedSockets { get; } = [];

    public int RefusedSockets { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll([_streams, .. _sockets]);
        _stop.Dispose();
    }

    private async Task StreamAsync(Uri url)
    {
        while (!_stop.IsCancellationRequested)
        {
            Streams.Add(await EventStream.ReadAsync(url, EventsPerStream, CancellationToken.None));
            await PauseAsync();
        }
    }

    private async Task TalkAsync(Uri url)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var socket = await TalkingSocket.OpenAsync(url, CancellationToken.None);
                await Task.WhenAny(socket.Ended, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token));
                if (!socket.IsOpen)
                {
                    Add(await socket.Ended);
                }
            }
            catch (WebSocketException)
            {
                lock (EndedSockets)
                {
                    RefusedSockets++;
                }
            }

            await PauseAsync();
        }
    }

    private void Add(SocketReport report)
    {
        lock (EndedSockets)
        {
            EndedSockets.Add(report);
        }
    }

    private Task PauseAsync() => Task.Delay(RetryPause, TimeProvider.System, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}
