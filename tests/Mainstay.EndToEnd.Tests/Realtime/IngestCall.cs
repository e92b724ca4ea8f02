using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A caller who knows how to resume: sends a frame every few milliseconds, and when it is cut off, goes on behind what was acknowledged to it.</summary>
internal sealed class IngestCall : IAsyncDisposable
{
    /// <summary>20 ms: twice as much audio as time.</summary>
    private const int FrameBytes = 640;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);

    private readonly IngestStack? _stack;
    private readonly Uri _url;
    private readonly string _token;
    private readonly int _seed;
    private readonly TimeSpan _pace;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _running;
    private long _sent;
    private long _acked;
    private volatile string _level = "";
    private string _session = "";
    private bool _isOver;
    private volatile bool _hangsUp;
    private ImmutableList<Ending> _endings = [];
    private ImmutableList<string> _faults = [];

    private IngestCall(IngestStack? stack, Uri url, string token, string interaction, int seed, TimeSpan pace)
    {
        (_stack, _url, _token, Interaction, _seed, _pace) = (stack, url, token, interaction, seed, pace);
        _running = Task.Run(RunAsync);
    }

    public string Interaction { get; }

    public string Session => _session;

    public long Sent => Volatile.Read(ref _sent);

    public long Acked => Volatile.Read(ref _acked);

    /// <summary>Where the last ack said that frames are.</summary>
    public string Level => _level;

    /// <summary>How its connections ended, the goodbye included.</summary>
    public ImmutableList<Ending> Endings => Volatile.Read(ref _endings);

    /// <summary>What the server said that no server should; empty after a good call.</summary>
    public ImmutableList<string> Faults => Volatile.Read(ref _faults);

    public static IngestCall Begin(Uri url, string token, string interaction, int seed, TimeSpan pace) => new(null, url, token, interaction, seed, pace);

    public static IngestCall Begin(IngestStack stack, string interaction, int seed = 1) => new(stack, stack.Url, stack.Token(interaction), interaction, seed, TimeSpan.FromMilliseconds(10));

    public static ImmutableArray<IngestCall> Begin(IngestStack stack, int count) => [.. Enumerable.Range(1, count).Select(i => Begin(stack, $"call-{i}", i))];

    /// <summary>The same as the scripts of the foreign clients make.</summary>
    public static byte[] Frame(int seed, long number, int bytes)
    {
        var audio = new byte[bytes];
        for (var i = 0; i < bytes; i++)
        {
            audio[i] = (byte)((number * 31) + (i * 7) + seed);
        }

        return audio;
    }

    /// <summary>So many more frames are acknowledged.</summary>
    public Task GoesOnAsync(int more)
    {
        var before = Acked;
        return Eventually.BecomesAsync(
            $"{more} more frames of {Interaction} than {before} are acknowledged", () => Task.FromResult(Acked), acked => acked >= before + more || _running.IsCompleted,
            Eventually.Patience + (more * 5 * _pace),
            show: acked => $"{acked}; {string.Join(", ", Endings)}");
    }

    /// <summary>Hangs up: what was sent by then is the call, and it must stand in the stream.</summary>
    public async Task MustBeStoredAsync()
    {
        await HangUpAsync();
        Assert.Empty(_faults);
        Assert.Equal(_sent, Acked);
        await _stack!.MustHoldAsync(Interaction, _session, _sent, number => Frame(_seed, number, FrameBytes));
    }

    /// <summary>Says stop, also to the next one that listens, until it is confirmed.</summary>
    public async Task HangUpAsync()
    {
        _hangsUp = true;
        await Eventually.BecomesAsync($"{Interaction} is over", () => Task.FromResult(_running.IsCompleted), over => over, Eventually.Patience * 2, _ => $"{Acked} of {_sent} acked; {string.Join(", ", Endings)}");
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _giveUp.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isOver && !_giveUp.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", $"Bearer {_token}");
            Ending ending;
            try
            {
                await socket.ConnectAsync(_url, _giveUp.Token);
                ending = await TalkAndListenAsync(socket);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
            {
                ending = new(null, e.Message, null);
            }

            Volatile.Write(ref _endings, _endings.Add(ending));
            await Task.Delay(ending.RetryAfter ?? s_retry, TimeProvider.System, _giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Ending> TalkAndListenAsync(ClientWebSocket socket)
    {
        var start = new JsonObject { ["event"] = "start", ["interaction_id"] = Interaction, ["tenant_id"] = "tenant-a", ["sample_rate"] = 16000, ["encoding"] = "pcm16" };
        if (_session.Length > 0)
        {
            start["resume"] = new JsonObject { ["session"] = _session, ["next_seq"] = Acked + 1 };
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(start.ToJsonString()), WebSocketMessageType.Text, true, _giveUp.Token);
        var talking = Task.CompletedTask;
        TimeSpan? retryAfter = null;
        string? cut = null;
        try
        {
            while (await HearAsync(socket) is { } said)
            {
                switch (said["event"]!.GetValue<string>())
                {
                    case "started":
                        talking = TalkAsync(socket, Started(said));
                        break;
                    case "ack":
                        Heard(said["seq"]!.GetValue<long>(), said["level"]!.GetValue<string>());
                        break;
                    case "drain":
                        retryAfter = TimeSpan.FromMilliseconds(said["retry_ms"]!.GetValue<long>());
                        break;
                    case "stopped":
                        _isOver = true;
                        Check(said["lost"]!.GetValue<long>() == 0, said);
                        break;
                    default:
                        Check(false, said);
                        break;
                }
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _giveUp.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            cut = e.Message;
            socket.Abort();
        }

        await talking;
        return new((int?)socket.CloseStatus, cut ?? socket.CloseStatusDescription ?? "", retryAfter);
    }

    /// <returns>The frame to go on with.</returns>
    private long Started(JsonNode said)
    {
        var (session, next) = (said["session"]!.GetValue<string>(), said["next_seq"]!.GetValue<long>());
        Check(_session.Length == 0 || session == _session, said);
        Check(next > Acked && next <= Volatile.Read(ref _sent) + 1, said);
        _session = session;
        return next;
    }

    private void Heard(long seq, string level)
    {
        Check(seq > Acked && seq <= Volatile.Read(ref _sent), $"ack {seq} after {Acked}, sent {_sent}");
        _level = level;
        Volatile.Write(ref _acked, seq);
    }

    private async Task TalkAsync(ClientWebSocket socket, long number)
    {
        try
        {
            for (; socket.State is WebSocketState.Open; number++)
            {
                if (_hangsUp && number > _sent)
                {
                    await socket.SendAsync("""{"event":"stop"}"""u8.ToArray(), WebSocketMessageType.Text, true, _giveUp.Token);
                    return;
                }

                Volatile.Write(ref _sent, Math.Max(_sent, number));
                await socket.SendAsync(Frame(_seed, number, FrameBytes), WebSocketMessageType.Binary, true, _giveUp.Token);
                await Task.Delay(_pace, TimeProvider.System, _giveUp.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The listener sees it as well, and knows more.
        }
    }

    /// <summary>Null when the server closes.</summary>
    private async Task<JsonNode?> HearAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var heard = await socket.ReceiveAsync(buffer, _giveUp.Token);
        return heard.MessageType is WebSocketMessageType.Close ? null : JsonNode.Parse(buffer.AsSpan(0, heard.Count));
    }

    private void Check(bool holds, object evidence)
    {
        if (!holds)
        {
            _faults = _faults.Add(evidence.ToString()!);
        }
    }
}

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; null when it ended without a close frame.</param>
/// <param name="RetryAfter">As the drain said; null without one.</param>
internal sealed record Ending(int? Code, string Reason, TimeSpan? RetryAfter);
