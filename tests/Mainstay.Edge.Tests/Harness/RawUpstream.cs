using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Edge.Tests.Harness;

/// <summary>A service that does exactly what a test says, byte by byte, and remembers what it got.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _behave;
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    public RawUpstream(Func<RawConnection, Task> behave)
    {
        _behave = behave;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections { get; private set; }

    /// <summary>Heads as received, in order.</summary>
    public ConcurrentQueue<string> Heads { get; } = [];

    public ConcurrentQueue<string> Bodies { get; } = [];

    /// <summary>Completes when a first head has been read.</summary>
    public Task FirstRequest => _first.Task;

    public void Remember(string head)
    {
        Heads.Enqueue(head);
        _first.TrySetResult();
    }

    /// <summary>Answers every request on every connection with the same bytes.</summary>
    public static RawUpstream Answering(string response) => new(async connection =>
    {
        while (await connection.ReadRequestAsync() is not null)
        {
            await connection.WriteAsync(response);
        }
    });

    public static RawUpstream Ok(string body = "ok") => Answering($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>A port on which nobody listens.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Refuses connections from now on; open ones stay.</summary>
    public void StopListening() => _listener.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _open)
        {
            socket.Dispose();
        }

        await _accepting;
        try
        {
            // A test that failed may have left a behaviour waiting for a signal that never comes.
            await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (TimeoutException)
        {
            // Its connection is closed; that is enough.
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                _open.Add(socket);
                Connections++;
                _running.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await _behave(new RawConnection(socket, this));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The edge closed; the test looks at what it did, not at this.
        }
        finally
        {
            socket.Dispose();
        }
    }
}

/// <summary>One connection of a <see cref="RawUpstream"/>.</summary>
internal sealed class RawConnection(Socket socket, RawUpstream? owner = null) : IDisposable
{
    private readonly List<byte> _unread = [];
    private readonly byte[] _buffer = new byte[64 * 1024];

    public Socket Socket { get; } = socket;

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new(socket);
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>The head of the next message, or null at the end of the stream.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. _unread]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.RemoveRange(0, end + 4);
                return text[..(end + 4)];
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>A whole request; null at the end of the stream. Remembered by the owner.</summary>
    public async Task<string?> ReadRequestAsync()
    {
        if (await ReadHeadAsync() is not { } head)
        {
            return null;
        }

        owner?.Remember(head);
        var body = await ReadBodyAsync(head);
        owner?.Bodies.Enqueue(body);
        return head;
    }

    /// <summary>A whole response: head and body apart.</summary>
    public async Task<(string Head, string Body)> ReadResponseAsync(bool toHead = false)
    {
        var head = await ReadHeadAsync() ?? throw new IOException("the connection ended before a response");
        var status = head.Split(' ')[1];
        return (head, toHead || status is "204" or "304" ? "" : await ReadBodyAsync(head, untilClose: true));
    }

    public async Task<string> ReadBodyAsync(string head, bool untilClose = false)
    {
        if (Field(head, "Transfer-Encoding") is "chunked")
        {
            var whole = new StringBuilder();
            while (true)
            {
                var size = Convert.ToInt32((await ReadLineAsync()).Split(';')[0], 16);
                whole.Append(await ReadAsync(size));
                if (size == 0)
                {
                    while (await ReadLineAsync() is { Length: > 0 } trailer)
                    {
                        whole.Append("[trailer ").Append(trailer).Append(']');
                    }

                    return whole.ToString();
                }

                await ReadLineAsync();
            }
        }

        if (Field(head, "Content-Length") is { } length)
        {
            return await ReadAsync(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
        }

        return untilClose ? await ReadToEndAsync() : "";
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_unread.Count < count)
        {
            if (!await FillAsync())
            {
                throw new IOException($"the stream ended after {_unread.Count} of {count} bytes");
            }
        }

        var text = Encoding.Latin1.GetString([.. _unread[..count]]);
        _unread.RemoveRange(0, count);
        return text;
    }

    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
            // Until the peer closes.
        }

        var text = Encoding.Latin1.GetString([.. _unread]);
        _unread.Clear();
        return text;
    }

    /// <summary>Whatever comes next, or null at the end.</summary>
    public async Task<byte[]?> TryReadSomeAsync()
    {
        if (_unread.Count == 0 && !await FillAsync())
        {
            return null;
        }

        byte[] bytes = [.. _unread];
        _unread.Clear();
        return bytes;
    }

    /// <summary>True when the peer closes; false when it sends something instead.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _unread.Count == 0 && !await FillAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Ends with RST instead of FIN.</summary>
    public void Reset()
    {
        Socket.LingerState = new(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    public static string? Field(string head, string name)
    {
        foreach (var line in head.Split("\r\n"))
        {
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }

    public static string[] Fields(string head, string name) =>
        [.. head.Split("\r\n").Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim())];

    private async Task<string> ReadLineAsync()
    {
        while (true)
        {
            var end = _unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString([.. _unread[..end]]).TrimEnd('\r');
                _unread.RemoveRange(0, end + 1);
                return line;
            }

            if (!await FillAsync())
            {
                throw new IOException("the stream ended within a line");
            }
        }
    }

    private async Task<bool> FillAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var count = await Socket.ReceiveAsync(_buffer, SocketFlags.None, patience.Token);
        _unread.AddRange(_buffer.AsSpan(0, count));
        return count > 0;
    }
}
