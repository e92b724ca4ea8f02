using System.Diagnostics;
using System.IO.Pipelines;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>
/// One connection. Appends are written into one buffer and owed an answer in the same order, both under one lock; one loop sends whatever has gathered while it was sending, another
/// matches the answers. It ends once, by whatever comes first: a broken or closed connection, an error that concerns more than one record, silence, or the owner.
/// </summary>
internal sealed class RedisSession : IBrokerSession
{
    /// <summary>An idle server is asked so often whether it lives.</summary>
    public static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that owes an answer and is silent for so long is dead.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LateTick = TimeSpan.FromMilliseconds(250);
    private const int SegmentBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PendingReply> _owed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The caller bounds what waits, so the pipe must never hold anybody up: its flushes complete at once.
    private readonly Pipe _outgoing = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: SegmentBytes, useSynchronizationContext: false));
    private readonly Stream _stream;
    private readonly RespReader _reader;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly long _maxRecordBytes;
    private readonly long _connectedAt;
    private readonly long _serverClock;
    private SilenceWatch _watch;
    private ITimer? _ticks;
    private Task _loops = Task.CompletedTask;
    private string _because = "";
    private bool _hasEnded;
    private long _written;
    private long _answered;
    private long _sent;

    private RedisSession(Stream stream, RespReader reader, RedisOptions options, RedisWelcome welcome, TimeProvider time)
    {
        (_stream, _reader, _options, _time) = (stream, reader, options, time);
        _maxRecordBytes = Math.Min(options.MaxRecordBytes, welcome.MaxStringBytes);
        _connectedAt = time.GetTimestamp();
        _serverClock = (welcome.Clock ?? time.GetUtcNow()).ToUnixTimeMilliseconds();
        _watch = new(Stamps(AskAfter), Stamps(DeadAfter), Stamps(LateTick), _connectedAt);
        Warning = welcome.Warning;
    }

    public Task Ended => _ended.Task;

    public string Because => Volatile.Read(ref _because);

    public string Warning { get; }

    /// <param name="stream">Its owner from now on is the session.</param>
    /// <param name="reader">May hold bytes already.</param>
    public static RedisSession Start(Stream stream, RespReader reader, RedisOptions options, RedisWelcome welcome, TimeProvider time)
    {
        var session = new RedisSession(stream, reader, options, welcome, time);
        session._ticks = time.CreateTimer(static state => ((RedisSession)state!).Tick(), session, TickEvery, TickEvery);
        session._loops = Task.WhenAll(session.SendAsync(), session.ReceiveAsync());
        return session;
    }

    public Task AppendAsync(StreamRecord record)
    {
        // It also touches every part of the record: one that is broken throws here, and not when half of it stands in the buffer.
        var size = XaddCommand.SizeOf(record);
        if (size > _maxRecordBytes)
        {
            return Task.FromException(new RecordRefusedException($"a record of {size} bytes for stream \"{record.Topic}\" is larger than redis at {_options.Endpoint} is sent ({_maxRecordBytes} bytes)"));
        }

        lock (_gate)
        {
            if (_hasEnded)
            {
                return Task.FromException(new BrokerDownException(_because));
            }

            XaddCommand.Write(_outgoing.Writer, record, Oldest());
            return Owe(record.Topic).Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        End($"the connection to redis at {_options.Endpoint} was closed here");
        await _loops;
        await _ticks!.DisposeAsync();
    }

    /// <summary>Under the lock: what has been written is sent, and an answer to it is owed.</summary>
    private PendingReply Owe(string? topic)
    {
        _written += _outgoing.Writer.UnflushedBytes;
        var pending = new PendingReply(topic, _written);
        _owed.Enqueue(pending);
        Flushed(_outgoing.Writer.FlushAsync(CancellationToken.None));
        return pending;
    }

    /// <summary>By the server's clock as it was told, carried on by ours: neither a wrong clock here nor one that is set changes what is kept.</summary>
    private long Oldest() => Math.Max(0, _serverClock + (long)(_time.GetElapsedTime(_connectedAt) - _options.Retention).TotalMilliseconds);

    private async Task SendAsync()
    {
        var outgoing = _outgoing.Reader;
        try
        {
            while (true)
            {
                var gathered = await outgoing.ReadAsync(CancellationToken.None);
                foreach (var segment in gathered.Buffer)
                {
                    // No token: the end of the session closes the stream, which ends the write.
                    await _stream.WriteAsync(segment, CancellationToken.None);
                    Volatile.Write(ref _sent, _sent + segment.Length);
                }

                outgoing.AdvanceTo(gathered.Buffer.End);
                if (gathered.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            End(Broken(e));
        }

        await outgoing.CompleteAsync();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                while (_reader.TryRead(out var reply))
                {
                    if (!Take(reply))
                    {
                        return;
                    }
                }

                // No token, as above.
                var count = await _stream.ReadAsync(_reader.Room(), CancellationToken.None);
                if (count == 0)
                {
                    End($"redis at {_options.Endpoint} closed the connection{(_reader.HasUnfinished ? " in the middle of a reply" : "")}");
                    return;
                }

                _reader.Filled(count);
            }
        }
        catch (RespException e)
        {
            End($"redis at {_options.Endpoint} does not keep to the protocol: {e.Message}");
        }
        catch (Exception e)
        {
            End(Broken(e));
        }
    }

    /// <summary>False when the session has ended.</summary>
    private bool Take(RespReply reply)
    {
        PendingReply? pending;
        lock (_gate)
        {
            if (_hasEnded)
            {
                return false;
            }

            if (_owed.TryDequeue(out pending))
            {
                _answered++;
            }
        }

        if (pending is null)
        {
            End(reply.IsError ? RedisErrors.Explain(reply.Text, _options, null) : $"redis at {_options.Endpoint} sent a reply that nobody asked for");
            return false;
        }

        if (reply.Kind == (pending.Topic is null ? RespKind.Simple : RespKind.Bulk))
        {
            return pending.TrySetResult();
        }

        if (reply.IsError && pending.Topic is not null && RedisErrors.ConcernsTheRecordOnly(reply.Text))
        {
            return pending.TrySetException(new RecordRefusedException(RedisErrors.Explain(reply.Text, _options, pending.Topic)));
        }

        End(reply.IsError ? RedisErrors.Explain(reply.Text, _options, pending.Topic) : $"redis at {_options.Endpoint} answered {(pending.Topic is null ? "PING" : "XADD")} with something else than it must", pending);
        return false;
    }

    private void Tick()
    {
        bool isDead;
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            var owed = _owed.TryPeek(out var first);
            var isUnderway = owed && first!.EndsAt > Volatile.Read(ref _sent);

            // Until it is sent, every bit of it that goes out is a sign of life; from then on only answers are. The lowest bit keeps the two apart.
            var mark = isUnderway ? (Volatile.Read(ref _sent) << 1) | 1 : _answered << 1;
            var verdict = _watch.Tick(owed, mark, _time.GetTimestamp());
            isDead = verdict == SilenceVerdict.Dead;
            if (verdict == SilenceVerdict.Ask)
            {
                RespWriter.WriteCommand(_outgoing.Writer, "PING");
                Owe(null);
            }
        }

        if (isDead)
        {
            End($"redis at {_options.Endpoint} did not answer for {DeadAfter.TotalSeconds:0} s");
        }
    }

    /// <param name="taken">An answer that was no longer owed, but has not come of anything.</param>
    private void End(string because, PendingReply? taken = null)
    {
        PendingReply[] lost;
        lock (_gate)
        {
            if (_hasEnded)
            {
                taken?.Fail(_because);
                return;
            }

            Volatile.Write(ref _because, because);
            _hasEnded = true;
            lost = [.. _owed];
            _owed.Clear();
            _outgoing.Writer.Complete();
        }

        _ticks?.Dispose();
        _stream.Dispose();
        taken?.Fail(because);
        foreach (var pending in lost)
        {
            pending.Fail(because);
        }

        _ended.TrySetResult();
    }

    /// <summary>It has, with a pipe that never holds anybody up; nothing is left to await.</summary>
    private static void Flushed(ValueTask<FlushResult> flush) => Debug.Assert(flush.IsCompletedSuccessfully, "the pipe must not hold anybody up");

    private string Broken(Exception e) => $"the connection to redis at {_options.Endpoint} broke: {e.Message}";

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
