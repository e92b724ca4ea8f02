namespace Mainstay.Realtime.Hub.Streams;

/// <summary>How many streams are open, and whose.</summary>
/// <param name="max">Of one identity.</param>
internal sealed class StreamSlots(int max)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = [];

    /// <summary>False: that would be one too many.</summary>
    public bool TryTake(string who)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(who);
            if (open < max)
            {
                _open[who] = open + 1;
            }

            return open < max;
        }
    }

    public void Free(string who)
    {
        lock (_gate)
        {
            if (--_open[who] == 0)
            {
                _open.Remove(who);
            }
        }
    }
}
