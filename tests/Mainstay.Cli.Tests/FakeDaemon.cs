using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts;

namespace Mainstay.Cli.Tests;

/// <summary>A daemon's API for tests: a tiny HTTP/1.1 server on a home's socket that answers what the test says.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Func<FakeExchange, Task> _answer;
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _asked = new();
    private readonly Task _accepting;
    private readonly string _socketPath;

    private FakeDaemon(HomeLayout home, Func<FakeExchange, Task> answer)
    {
        (_answer, _socketPath) = (answer, home.ApiSocket);
        Directory.CreateDirectory(home.Run);
        File.Delete(home.ApiSocket);
        _listener.Bind(new UnixDomainSocketEndPoint(home.ApiSocket));
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Completes once that was asked.</summary>
    public Task Asked(string request) => Asking(request).Task;

    /// <summary>Answers the version by itself, everything else by <paramref name="answer"/>.</summary>
    public static FakeDaemon Start(HomeLayout home, Func<FakeExchange, Task>? answer = null) => new(
        home,
        exchange => exchange.Target == "/v1/version"
            ? exchange.JsonAsync(200, new(VersionOf, NoPid, home.Root), WireJson.Default.VersionDocument)
            : answer?.Invoke(exchange) ?? exchange.TextAsync(404, "{}"));

    public static string VersionOf => "0.1.0";

    /// <summary>No process ever has it: whoever waits for this daemon's end must find it gone.</summary>
    private const int NoPid = int.MaxValue;

    /// <summary>As kill -9: connections break, and the socket file stays behind.</summary>
    public async Task KillAsync()
    {
        // Closing a listener removes its file; the kernel does not when it ends a process.
        var kept = _socketPath + ".kept";
        File.Move(_socketPath, kept);
        await DisposeAsync();
        File.Move(kept, _socketPath);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
    }

    private TaskCompletionSource Asking(string request) =>
        _asked.GetOrAdd(request, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AcceptAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stopped.Token);
                _serving.Add(ServeAsync(socket));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                using var reading = new NetworkStream(socket, ownsSocket: false);
                if (await FakeExchange.ReadAsync(reading, _stopped.Token) is { } exchange)
                {
                    var request = $"{exchange.Method} {exchange.Target} {exchange.Body}".TrimEnd();
                    Requests.Enqueue(request);
                    Asking(request).TrySetResult();
                    await _answer(exchange);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client went away, or the daemon is being killed.
            }
        }
    }
}

/// <summary>One request, and how to answer it.</summary>
internal sealed class FakeExchange(Stream stream, string method, string target, string body, CancellationToken killed)
{
    public string Method => method;

    public string Target => target;

    public string Body => body;

    /// <summary>Cancelled when the daemon is killed.</summary>
    public CancellationToken Killed => killed;

    public static async Task<FakeExchange?> ReadAsync(Stream stream, CancellationToken killed)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var first = await reader.ReadLineAsync(killed);
        if (first is null)
        {
            return null;
        }

        var length = 0;
        while (await reader.ReadLineAsync(killed) is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(header.AsSpan(15));
            }
        }

        var chars = new char[length];
        if (length > 0)
        {
            await reader.ReadBlockAsync(chars, killed);
        }

        var words = first.Split(' ');
        return new(stream, words[0], words[1], new string(chars), killed);
    }

    public Task JsonAsync<T>(int status, T value, JsonTypeInfo<T> type) => TextAsync(status, JsonSerializer.Serialize(value, type));

    public async Task TextAsync(int status, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await WriteAsync($"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n{text}");
    }

    public Task BeginStreamAsync() => WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");

    /// <summary>One chunk per line, as Kestrel sends a flushed line.</summary>
    public Task LineAsync<T>(T value, JsonTypeInfo<T> type) => ChunkAsync(JsonSerializer.Serialize(value, type) + "\n");

    public Task ChunkAsync(string text) => WriteAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    public Task EndStreamAsync() => WriteAsync("0\r\n\r\n");

    public async Task WriteAsync(string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), killed);
        await stream.FlushAsync(killed);
    }
}
