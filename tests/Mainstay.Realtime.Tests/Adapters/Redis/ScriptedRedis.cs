using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

/// <summary>
/// A server on loopback that answers as a test says, in any bytes. What the test says nothing about is answered as a healthy Redis would, except XADD to a stream: that is answered by hand.
/// </summary>
internal sealed class ScriptedRedis : IAsyncDisposable
{
    public const long UnixSeconds = 1_732_000_000;

    /// <summary>An answer of the script: say nothing.</summary>
    public const string Silence = "";

    private readonly Channel<string[]> _seen = Channel.CreateUnbounded<string[]>();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string[], string?> _script;
    private readonly Task _loop;
    private Socket? _client;

    /// <param name="script">Null is the usual answer.</param>
    public ScriptedRedis(Func<string[], string?>? script = null)
    {
        _script = script ?? (_ => null);
        _listener.Start();
        _loop = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public RedisOptions Options => new("127.0.0.1", Port);

    public Task SendAsync(string bytes) => _client!.SendAsync(Encoding.Latin1.GetBytes(bytes), SocketFlags.None);

    /// <summary>A FIN, behind all that was sent.</summary>
    public void Close() => _client!.Shutdown(SocketShutdown.Both);

    /// <summary>A RST.</summary>
    public void Reset()
    {
        _client!.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }

    /// <summary>The next command of this name, with its words.</summary>
    public async Task<string[]> SeenAsync(string name)
    {
        while (true)
        {
            var command = await _seen.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            if (command[0] == name && command.ElementAtOrDefault(1) != "mainstay:probe")
            {
                return command;
            }
        }
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _client?.Dispose();
        await _loop;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _client = await _listener.AcceptSocketAsync();
                await TalkAsync(_client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(Socket client)
    {
        var reader = new RespReader();
        try
        {
            while (await client.ReceiveAsync(reader.Room(), SocketFlags.None) is > 0 and var count)
            {
                reader.Filled(count);
                while (reader.TryRead(out var command))
                {
                    string[] words = [.. command.Items.Select(i => i.Text)];
                    _seen.Writer.TryWrite(words);
                    if ((_script(words) ?? Usual(words)) is { Length: > 0 } answer)
                    {
                        await client.SendAsync(Encoding.Latin1.GetBytes(answer), SocketFlags.None);
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is over; the next one may come.
        }
    }

    private static string Usual(string[] words) => words switch
    {
        ["PING"] => "+PONG\r\n",
        ["AUTH" or "SELECT", ..] => "+OK\r\n",
        ["INFO", "server"] => Text("redis_version:7.0.15\r\n"),
        ["INFO", "replication"] => Text("role:master\r\n"),
        ["INFO", "persistence"] => Text("aof_enabled:1\r\n"),
        ["TIME"] => $"*2\r\n{Text($"{UnixSeconds}")}{Text("0")}",
        ["CONFIG", "GET", "appendonly"] => Setting(words[2], "yes"),
        ["CONFIG", "GET", "save"] => Setting(words[2], ""),
        ["CONFIG", "GET", "proto-max-bulk-len"] => Setting(words[2], "536870912"),
        ["XADD", "mainstay:probe", ..] => "$-1\r\n",
        _ => Silence,
    };

    /// <summary>A bulk string.</summary>
    public static string Text(string text) => $"${text.Length}\r\n{text}\r\n";

    private static string Setting(string name, string value) => "*2\r\n" + Text(name) + Text(value);
}
