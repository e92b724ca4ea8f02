using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

/// <summary>What the hub says to a device, on one connection.</summary>
internal sealed record ToDevice(RequestEffectKind Kind, RequestId Id, int Try, string Key);

/// <summary>What a device says of a request.</summary>
internal sealed record ToHub(RequestId Id, RequestEvent Event);

/// <summary>A device as docs/wire/hub.md wants it: stores before it acknowledges, does a key once, answers <c>$status</c>. Its disk survives it; its connection does not.</summary>
internal sealed class SimulatedDevice(Random random, bool forgetsToCancel)
{
    private enum Kept
    {
        Accepted,
        Done,
        Failed,
        Canceled,
    }

    private readonly Dictionary<string, (Kept State, RequestId Id, int Try)> _disk = [];

    /// <summary>How often each key was done.</summary>
    public Dictionary<string, int> Executions { get; } = [];

    /// <summary>How often a key came that was on the disk already.</summary>
    public int Repeats { get; private set; }

    public IEnumerable<ToHub> Read(ToDevice message)
    {
        var known = _disk.TryGetValue(message.Key, out var kept);
        switch (message.Kind)
        {
            case RequestEffectKind.Send when known:
                Repeats++;
                _disk[message.Key] = kept with { Id = message.Id, Try = message.Try };
                yield return new(message.Id, new(RequestEventKind.Acked, message.Try));
                if (kept.State is not Kept.Accepted)
                {
                    yield return Result(message.Key);
                }

                break;
            case RequestEffectKind.Send when random.Next(6) == 0:
                yield return new(message.Id, new(RequestEventKind.Busy, message.Try, RetryAfter: TimeSpan.FromMilliseconds(random.Next(5000))));
                break;
            case RequestEffectKind.Send:
                _disk[message.Key] = (Kept.Accepted, message.Id, message.Try);
                yield return new(message.Id, new(RequestEventKind.Acked, message.Try));
                break;
            case RequestEffectKind.AskStatus when !known:
                yield return new(message.Id, new(RequestEventKind.StatusNone, message.Try));
                break;
            case RequestEffectKind.AskStatus when kept.State is Kept.Accepted:
                yield return new(message.Id, new(RequestEventKind.Acked, message.Try));
                break;
            case RequestEffectKind.AskStatus:
                yield return Result(message.Key);
                break;
            case RequestEffectKind.SendCancel when known && kept.State is Kept.Accepted && !forgetsToCancel:
                _disk[message.Key] = kept with { State = Kept.Canceled };
                yield return Result(message.Key);
                break;
            default:
                break;
        }
    }

    /// <summary>Does something that it has accepted.</summary>
    public IEnumerable<ToHub> Work()
    {
        var open = _disk.Where(d => d.Value.State is Kept.Accepted).Select(d => d.Key).ToArray();
        if (open.Length > 0)
        {
            var key = open[random.Next(open.Length)];
            var works = random.Next(5) > 0;
            if (works)
            {
                Executions[key] = Executions.GetValueOrDefault(key) + 1;
            }

            _disk[key] = _disk[key] with { State = works ? Kept.Done : Kept.Failed };
            yield return Result(key);
        }
    }

    private ToHub Result(string key)
    {
        var (state, id, tries) = _disk[key];
        return new(id, state switch
        {
            Kept.Done => new(RequestEventKind.Succeeded, tries, Requests.Printed),
            Kept.Canceled => new(RequestEventKind.CanceledByDevice, tries, Requests.NoPaper),
            _ => new(RequestEventKind.Failed, tries, Requests.NoPaper),
        });
    }
}
