using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Tests.Ingest.Outbox;

/// <summary>A broker in memory that is there or not, confirms or not, and forgets nothing that it stored.</summary>
internal sealed class ScriptedBroker : IBroker
{
    private readonly Lock _gate = new();
    private readonly List<StreamRecord> _stored = [];
    private readonly Queue<(Session Session, StreamRecord Record, TaskCompletionSource Confirmed)> _unanswered = [];
    private Session? _session;
    private bool _isUp;
    private bool _holds;

    public string Name => "scripted";

    public int Connections { get; private set; }

    public IReadOnlyList<StreamRecord> Stored
    {
        get
        {
            lock (_gate)
            {
                return [.. _stored];
            }
        }
    }

    /// <summary>Records of this topic are refused.</summary>
    public string? Refuses { get; set; }

    public void Up()
    {
        lock (_gate)
        {
            _isUp = true;
        }
    }

    /// <summary>It is gone. Of what it has not answered it keeps the first few, and tells nobody.</summary>
    public void Down(int keepsUnanswered = 0)
    {
        List<TaskCompletionSource> failed = [];
        Session? ended;
        lock (_gate)
        {
            _isUp = false;
            (ended, _session) = (_session, null);
            for (var i = 0; _unanswered.TryDequeue(out var one); i++)
            {
                if (i < keepsUnanswered)
                {
                    _stored.Add(one.Record);
                }

                failed.Add(one.Confirmed);
            }
        }

        failed.ForEach(f => f.TrySetException(new BrokerDownException("it went")));
        ended?.End("it went");
    }

    /// <summary>Takes records from now on, but stores and confirms them only by <see cref="Answer"/>.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _holds = true;
        }
    }

    /// <summary>The first so many, and it goes on holding; or all.</summary>
    public void Answer(int count = int.MaxValue)
    {
        List<TaskCompletionSource> confirmed = [];
        lock (_gate)
        {
            _holds = count < int.MaxValue;
            for (var i = 0; i < count && _unanswered.TryDequeue(out var one); i++)
            {
                _stored.Add(one.Record);
                confirmed.Add(one.Confirmed);
            }
        }

        confirmed.ForEach(c => c.TrySetResult());
    }

    public Task<IBrokerSession> ConnectAsync(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isUp)
            {
                return Task.FromException<IBrokerSession>(new BrokerDownException("it is not there"));
            }

            // What came from a process that is gone has been dealt with before anything that the next one sends.
            while (_unanswered.TryDequeue(out var old))
            {
                _stored.Add(old.Record);
                old.Confirmed.TrySetException(new BrokerDownException("it went"));
            }

            Connections++;
            return Task.FromResult<IBrokerSession>(_session = new(this));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task AppendAsync(Session session, StreamRecord record)
    {
        lock (_gate)
        {
            if (session != _session)
            {
                return Task.FromException(new BrokerDownException("it went"));
            }

            if (record.Topic == Refuses)
            {
                return Task.FromException(new RecordRefusedException("too large"));
            }

            if (_holds)
            {
                var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _unanswered.Enqueue((session, record, confirmed));
                return confirmed.Task;
            }

            _stored.Add(record);
            return Task.CompletedTask;
        }
    }

    private sealed class Session(ScriptedBroker owner) : IBrokerSession
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public string Because { get; private set; } = "";

        public void End(string because)
        {
            Because = because;
            _ended.TrySetResult();
        }

        public Task AppendAsync(StreamRecord record) => owner.AppendAsync(this, record);

        public ValueTask DisposeAsync()
        {
            End("closed");
            return ValueTask.CompletedTask;
        }
    }
}
