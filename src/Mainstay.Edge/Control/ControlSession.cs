using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Control;

/// <summary>One connection from a daemon: newline-delimited JSON both ways.</summary>
internal sealed class ControlSession(Socket socket, IControlCommands commands, EdgeLimits limits, TimeProvider time, ILogger<ControlSession> log) : IDisposable
{
    private const int Outgoing = 256;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    private readonly Channel<EdgeReport> _reports = Channel.CreateBounded<EdgeReport>(new BoundedChannelOptions(Outgoing) { SingleReader = true });

    // One slot: any number of changes between two looks is one look.
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CountsNews _counts = commands.Counts();

    /// <summary>There may be something new in flight; never waits.</summary>
    public void Nudge() => _news.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var cause = "connection closed";
        var writing = WriteAsync(ending.Token);
        var telling = TellAsync(ending.Token);
        var counting = Task.CompletedTask;
        try
        {
            await SayAsync(new(Hello: commands.Hello()), ending.Token);
            commands.Connected(this);
            counting = CountAsync(ending.Token);
            await ReadAsync(ending.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or ControlException)
        {
            cause = e.Message;
        }
        catch (Exception e)
        {
            // Whatever a daemon may have sent: the session ends, the traffic does not.
            cause = e.Message;
            log.SessionFailed(e);
        }

        await ending.CancelAsync();
        _reports.Writer.TryComplete();
        await Task.WhenAll(writing, telling, counting);
        Dispose();
        commands.Disconnected(this, cause);
    }

    /// <summary>Says what has been counted since the last report and one thing more, and waits until the kernel has it.</summary>
    public async Task SayLastAsync(EdgeReport report, TimeSpan max)
    {
        try
        {
            foreach (var last in _counts.Next().Select(counts => new EdgeReport(Counts: counts)).Append(report))
            {
                await SendAsync(last, CancellationToken.None).AsTask().WaitAsync(max, time, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
        {
            // The daemon sees the exit anyway.
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var reader = PipeReader.Create(new NetworkStream(socket, ownsSocket: false), new(bufferSize: 64 * 1024));
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            while (TryLine(ref buffer, out var line))
            {
                await ObeyAsync(line, cancellation);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return;
            }

            if (buffer.Length > limits.ControlLineBytes)
            {
                throw new ControlException($"a command of more than {limits.ControlLineBytes} bytes");
            }
        }
    }

    private async Task ObeyAsync(ReadOnlySequence<byte> line, CancellationToken cancellation)
    {
        EdgeCommand? command;
        try
        {
            var json = new Utf8JsonReader(line);
            command = JsonSerializer.Deserialize(ref json, WireJson.Default.EdgeCommand);
        }
        catch (JsonException e)
        {
            log.BadCommand(e.Message);
            return;
        }

        switch (command)
        {
            case { Snapshot: { } snapshot }:
                // What has happened so far was decided by the snapshots before: whoever has this answer has all that was counted until now.
                foreach (var counts in _counts.Next())
                {
                    await SayAsync(new(Counts: counts), cancellation);
                }

                await SayAsync(new(Applied: await commands.ApplyAsync(snapshot)), cancellation);
                Nudge();
                break;
            case { Drain: { } drain }:
                commands.Drain(drain);
                break;
            case { HandOver: not null }:
                await SayAsync(new(Listeners: commands.Listeners()), cancellation);
                break;
            default:
                log.BadCommand("no field that this worker knows is set");
                break;
        }
    }

    private async Task SayAsync(EdgeReport report, CancellationToken cancellation) => await _reports.Writer.WriteAsync(report, cancellation);

    private async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var report in _reports.Reader.ReadAllAsync(cancellation))
            {
                await SendAsync(report, cancellation);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side sees the same end and reports it.
            socket.Dispose();
        }
    }

    private async ValueTask SendAsync(EdgeReport report, CancellationToken cancellation)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Default.EdgeReport);
        var framed = new byte[line.Length + 1];
        line.CopyTo(framed, 0);
        framed[^1] = (byte)'\n';
        if (report.Listeners is null)
        {
            await socket.SendAsync(framed, SocketFlags.None, cancellation);
        }
        else
        {
            await commands.SendDescriptorsAsync(socket, framed, cancellation);
        }
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var _ in _news.Reader.ReadAllAsync(cancellation))
            {
                foreach (var inFlight in commands.News())
                {
                    await SayAsync(new(InFlight: inFlight), cancellation);
                }

                await Task.Delay(ReportInterval, time, cancellation);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The session ends; the next daemon is told everything anew.
        }
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                foreach (var counts in _counts.Next())
                {
                    await SayAsync(new(Counts: counts), cancellation);
                }

                await Task.Delay(limits.CountsInterval, time, cancellation);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The session ends; the next daemon gets everything anew.
        }
    }

    private static bool TryLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}

internal sealed class ControlException(string message) : Exception(message);
