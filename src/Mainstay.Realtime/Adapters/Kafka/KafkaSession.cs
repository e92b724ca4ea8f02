using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>
/// One producer. It mends short breaks by itself, in order and without doubling; the session ends when that takes longer than <see cref="KafkaWatch"/> allows. Then everything
/// that is not confirmed has failed here, and <see cref="DisposeAsync"/> takes the producer down with all that it still holds, before another session can begin.
/// </summary>
internal sealed class KafkaSession : IBrokerSession
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<KafkaAppend> _owed = [];
    private readonly Queue<KafkaAppend> _overflow = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly KafkaWatch _watch;
    private readonly IProducer<string, ReadOnlyMemory<byte>> _producer;
    private readonly IAdminClient _questions;
    private readonly ITimer _ticks;
    private Task _asking = Task.CompletedTask;
    private string _because = "";
    private string _trouble = "";
    private bool _hasEnded;
    private bool _isSuspect;
    private int _closed;

    private KafkaSession(ProducerConfig settings, KafkaOptions options, TimeProvider time)
    {
        (_options, _time, _watch) = (options, time, new(time.GetTimestamp(), time.TimestampFrequency));
        _producer = new ProducerBuilder<string, ReadOnlyMemory<byte>>(settings)
            .SetValueSerializer(new Body())
            .SetErrorHandler((_, error) => Heard(error))
            .SetLogHandler((_, _) => { })
            .Build();
        _questions = new DependentAdminClientBuilder(_producer.Handle).Build();
        _ticks = time.CreateTimer(static state => ((KafkaSession)state!).Tick(), this, s_tick, s_tick);
    }

    public Task Ended => _ended.Task;

    public string Because => Volatile.Read(ref _because);

    public static KafkaSession Start(ProducerConfig settings, KafkaOptions options, TimeProvider time)
    {
        try
        {
            return new(settings, options, time);
        }
        catch (Exception e) when (e is InvalidOperationException or KafkaException or ArgumentException)
        {
            throw new BrokerDownException($"{options} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Whether the cluster answers, and has the topics. One sentence; empty when all is well.</summary>
    public Task<string> AskAsync(TimeSpan limit) => Task.Run(() => Ask(limit));

    public Task AppendAsync(StreamRecord record)
    {
        if (!KafkaErrors.IsTopicName(record.Topic))
        {
            return Task.FromException(new RecordRefusedException($"\"{record.Topic}\" is no name of a topic for kafka: letters, digits, ., _ and -, at most 249"));
        }

        var append = new KafkaAppend(record, _time.GetTimestamp());
        lock (_gate)
        {
            if (_hasEnded)
            {
                return Task.FromException(new BrokerDownException(_because));
            }

            _owed.Enqueue(append);
            if (_overflow.Count > 0 || !TryProduce(append))
            {
                _overflow.Enqueue(append);
            }
        }

        return append.Task;
    }

    public async ValueTask DisposeAsync()
    {
        End($"the connection to {_options} was closed here");
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        await _ticks.DisposeAsync();
        await _asking.ConfigureAwait(false);
        await Task.Run(() =>
        {
            _questions.Dispose();
            _producer.Dispose();
        }).ConfigureAwait(false);
    }

    /// <summary>Under the lock. False when the client's queue is full: then it waits here, in its order.</summary>
    private bool TryProduce(KafkaAppend append)
    {
        var record = append.Record!;
        var headers = new Headers();
        foreach (var (name, value) in record.Fields)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        try
        {
            _producer.Produce(record.Topic, new() { Key = record.Key, Value = record.Body, Headers = headers }, report => Reported(append, report.Error));
            append.Sent();
        }
        catch (ProduceException<string, ReadOnlyMemory<byte>> e) when (e.Error.Code is ErrorCode.Local_QueueFull)
        {
            return false;
        }
        catch (KafkaException e)
        {
            Settle(append, e.Error);
        }

        return true;
    }

    /// <summary>Called by the client's thread.</summary>
    private void Reported(KafkaAppend append, Error error)
    {
        lock (_gate)
        {
            _watch.Moved(_time.GetTimestamp());
            Settle(append, error);
            Oldest();
            while (!_hasEnded && _overflow.TryPeek(out var next) && TryProduce(next))
            {
                _overflow.Dequeue();
            }
        }
    }

    /// <summary>Under the lock: the first that is not settled; those before it are forgotten.</summary>
    private KafkaAppend? Oldest()
    {
        KafkaAppend? first;
        while (_owed.TryPeek(out first) && first.Task.IsCompleted)
        {
            _owed.Dequeue();
        }

        return first;
    }

    private void Settle(KafkaAppend append, Error error)
    {
        if (!error.IsError)
        {
            append.TrySetResult();
        }
        else if (KafkaErrors.ConcernsTheRecordOnly(error.Code))
        {
            append.TrySetException(new RecordRefusedException($"{_options} does not take a record for topic \"{append.Topic}\": {error.Reason}"));
        }
        else
        {
            End($"{_options} did not store a record for topic \"{append.Topic}\": {error.Reason}");
        }
    }

    /// <summary>Called by the client's thread: a connection broke, a name has no address, a login failed.</summary>
    private void Heard(Error error)
    {
        Volatile.Write(ref _trouble, error.Reason);
        if (KafkaErrors.EndsTheSession(error))
        {
            End($"{_options}: {error.Reason}");
            return;
        }

        // Brokers also close what rests: whether the cluster is gone is asked, not guessed.
        Volatile.Write(ref _isSuspect, true);
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            var verdict = _watch.Tick(Oldest()?.At, Volatile.Read(ref _isSuspect), _time.GetTimestamp());
            if (verdict is KafkaVerdict.Dead)
            {
                End($"{_options} has not confirmed records for {KafkaWatch.DeadAfter.TotalSeconds:0} s{Trouble()}");
            }
            else if (verdict is KafkaVerdict.Ask && _asking.IsCompleted)
            {
                _isSuspect = false;
                _asking = WatchAsync();
            }
        }
    }

    private async Task WatchAsync()
    {
        var because = await AskAsync(KafkaWatch.AnswerWithin).ConfigureAwait(false);
        if (because.Length > 0)
        {
            End($"{_options} does not answer: {because}");
        }
        else
        {
            lock (_gate)
            {
                _watch.Answered(_time.GetTimestamp());
            }
        }
    }

    private string Ask(TimeSpan limit)
    {
        var began = _time.GetTimestamp();
        try
        {
            foreach (var topic in _options.Topics)
            {
                var left = limit - _time.GetElapsedTime(began);
                var answer = _questions.GetMetadata(topic, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
                if (answer.Topics.Find(t => t.Error.IsError) is { } missing)
                {
                    return $"topic \"{missing.Topic}\": {missing.Error.Reason}";
                }
            }

            return "";
        }
        catch (KafkaException e)
        {
            // The client says only that it could not; what came before says why.
            return Volatile.Read(ref _trouble) is { Length: > 0 } trouble ? trouble : e.Error.Reason;
        }
    }

    private string Trouble() => Volatile.Read(ref _trouble) is { Length: > 0 } trouble ? $" ({trouble})" : "";

    private void End(string because)
    {
        KafkaAppend[] lost;
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            Volatile.Write(ref _because, because);
            _hasEnded = true;
            lost = [.. _owed];
            _owed.Clear();
            _overflow.Clear();
        }

        foreach (var append in lost)
        {
            append.TrySetException(new BrokerDownException(because));
        }

        _ended.TrySetResult();
    }

    /// <summary>The client copies it once more, into memory of its own.</summary>
    private sealed class Body : ISerializer<ReadOnlyMemory<byte>>
    {
        public byte[] Serialize(ReadOnlyMemory<byte> data, SerializationContext context) =>
            MemoryMarshal.TryGetArray(data, out var whole) && whole.Offset == 0 && whole.Count == whole.Array!.Length ? whole.Array : data.ToArray();
    }
}
