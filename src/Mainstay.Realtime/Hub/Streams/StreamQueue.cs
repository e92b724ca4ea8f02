using System.Threading.Channels;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>What waits to be written to a stream. Whoever adds is never held up; a reader that takes too little is let go.</summary>
/// <param name="maxBytes">That may wait.</param>
/// <param name="cut">Ends the connection of a reader that takes too little; never called after the end.</param>
internal sealed class StreamQueue(int maxBytes, Action cut)
{
    private readonly Channel<StreamEvent> _events = Channel.CreateUnbounded<StreamEvent>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private int _waiting;
    private bool _hasEnded;

    /// <summary>Too much waited for it: what it was not given it can read again when it comes back.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Behind the last event nothing is taken.</summary>
    public void Add(StreamEvent e)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            _waiting += e.Bytes.Length;
            if (_waiting > maxBytes)
            {
                IsTooSlow = true;
                End();
                cut();
                return;
            }

            _events.Writer.TryWrite(e);
            if (e.IsLast)
            {
                End();
            }
        }
    }

    /// <summary>Nothing follows what is in it.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _events.Writer.TryComplete();
        }
    }

    /// <summary>False when nothing follows.</summary>
    public Task<bool> WaitAsync(CancellationToken token) => _events.Reader.WaitToReadAsync(token).AsTask();

    public bool TryTake(out StreamEvent e)
    {
        lock (_gate)
        {
            if (!IsTooSlow && _events.Reader.TryRead(out e))
            {
                _waiting -= e.Bytes.Length;
                return true;
            }
        }

        e = default;
        return false;
    }
}
