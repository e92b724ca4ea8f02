namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Events that are to be acknowledged, of both sides of one connection, up to a bound. The client is read and written by different threads.</summary>
internal sealed class WaitingAcks
{
    public const int Max = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Id, JsonTemplate Reply)> _ofClient = new(StringComparer.Ordinal);
    private readonly Dictionary<long, (string Request, JsonTemplate Answer)> _ofHub = [];
    private readonly Queue<long> _order = [];
    private long _last;

    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _ofClient.Count >= Max;
            }
        }
    }

    /// <param name="message">Its id; the answer to it is the ACK.</param>
    public void Wait(string message, long id, JsonTemplate reply)
    {
        lock (_gate)
        {
            _ofClient.TryAdd(message, (id, reply));
        }
    }

    public (long Id, JsonTemplate Reply)? Answered(string message)
    {
        lock (_gate)
        {
            return _ofClient.Remove(message, out var waiting) ? waiting : null;
        }
    }

    /// <summary>The number of an event that a device is to acknowledge. The oldest is forgotten when there are too many: most were answered by an event instead.</summary>
    public long Ask(string request, JsonTemplate answer)
    {
        lock (_gate)
        {
            while (_order.Count >= Max)
            {
                _ofHub.Remove(_order.Dequeue());
            }

            _order.Enqueue(_last);
            _ofHub.Add(_last, (request, answer));
            return _last++;
        }
    }

    public (string Request, JsonTemplate Answer)? Acknowledged(long id)
    {
        lock (_gate)
        {
            return _ofHub.Remove(id, out var asked) ? asked : null;
        }
    }
}
