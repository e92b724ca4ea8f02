using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A real redis-server in a folder of its own. It is asked in a few lines of RESP that share nothing with the client under test.</summary>
public sealed class RunningRedis : IAsyncDisposable
{
    private readonly string[] _settings;
    private Child? _child;

    private RunningRedis(string folder, int port, string[] settings)
    {
        (Folder, Port, _settings) = (folder, port, settings);
        _child = Start();
    }

    public string Folder { get; }

    /// <summary>For plain connections, also when there is another one for TLS.</summary>
    public int Port { get; }

    /// <param name="settings">As on its command line; without them it keeps nothing.</param>
    public static async Task<RunningRedis> StartAsync(params string[] settings) => await InAsync(Directory.CreateTempSubdirectory("mainstay-redis-").FullName, settings);

    /// <param name="folder">Becomes its own, and is removed with it.</param>
    public static async Task<RunningRedis> InAsync(string folder, params string[] settings)
    {
        var redis = new RunningRedis(folder, FreePort.Take(), settings);
        await redis.ReadyAsync();
        return redis;
    }

    public bool Send(Signal signal) => _child?.Send(signal) ?? false;

    /// <summary>kill -9, and once more with the same folder and port.</summary>
    public async Task DieAndReturnAsync()
    {
        await DieAsync();
        await ReturnAsync();
    }

    /// <summary>kill -9.</summary>
    public async Task DieAsync()
    {
        if (_child is not null)
        {
            // One that a test has stopped dies of this, too.
            await _child.DisposeAsync();
            _child = null;
        }
    }

    /// <summary>With the same folder and port.</summary>
    public async Task ReturnAsync()
    {
        _child = Start();
        await ReadyAsync();
    }

    /// <summary>Sends a command on a connection of its own. Strings come as bytes, numbers as long, arrays as object[].</summary>
    public async Task<object?> AskAsync(params string[] words)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Port);
        await using var stream = new BufferedStream(socket.GetStream());
        var command = string.Concat(words.Select(w => $"${Encoding.UTF8.GetByteCount(w)}\r\n{w}\r\n"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"*{words.Length}\r\n{command}"));
        await stream.FlushAsync();
        return Read(stream);
    }

    /// <summary>All entries of a stream: the words of each, as bytes.</summary>
    public async Task<byte[][][]> EntriesAsync(string stream) =>
        [.. ((object[])(await AskAsync("XRANGE", stream, "-", "+"))!).Select(entry => ((object[])((object[])entry)[1]).Cast<byte[]>().ToArray())];

    public async ValueTask DisposeAsync()
    {
        await DieAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private Child Start() => Child.Start(
        "/usr/bin/redis-server",
        ["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", Folder, .. _settings.Length > 0 ? _settings : ["--save", "", "--appendonly", "no"]],
        Folder, []);

    private async Task ReadyAsync() => await Eventually.BecomesAsync(
        $"redis on port {Port} answers", AnswerAsync, answer => answer is "PONG" or "NOAUTH Authentication required.", show: answer => $"{answer}; {_child?.Out}{_child?.Err}");

    private async Task<string> AnswerAsync()
    {
        try
        {
            return await AskAsync("PING") is byte[] answer ? Encoding.UTF8.GetString(answer) : "something else";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return e.Message;
        }
    }

    private static object? Read(Stream stream)
    {
        var line = new StringBuilder();
        for (var b = stream.ReadByte(); b != '\n'; b = stream.ReadByte())
        {
            line.Append(b >= 0 ? (char)b : throw new IOException("closed"));
        }

        var rest = line.ToString()[1..^1];
        var number = line[0] is '$' or '*' or ':' ? long.Parse(rest, CultureInfo.InvariantCulture) : 0;
        switch (line[0])
        {
            case '$' when number >= 0:
                var bytes = new byte[number + 2];
                stream.ReadExactly(bytes);
                return bytes[..^2];
            case '*' when number >= 0:
                return Enumerable.Range(0, (int)number).Select(_ => Read(stream)).ToArray();
            case ':':
                return number;
            case '$' or '*':
                return null;
            default:
                return Encoding.Latin1.GetBytes(rest);
        }
    }
}
