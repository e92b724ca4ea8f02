using System.Collections.Immutable;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Instances;

/// <summary>The probe results of one process that a failure report needs: how it began and how it ended. Everything between is only counted.</summary>
internal sealed class ProbeHistory
{
    private const int First = 3;
    private const int Newest = 12;

    private readonly Lock _gate = new();
    private readonly List<ProbeResult> _first = [];
    private readonly Queue<ProbeResult> _newest = [];

    public int LeftOut { get; private set; }

    public void Add(ProbeResult result)
    {
        lock (_gate)
        {
            if (_first.Count < First)
            {
                _first.Add(result);
                return;
            }

            _newest.Enqueue(result);
            if (_newest.Count > Newest)
            {
                _newest.Dequeue();
                LeftOut++;
            }
        }
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<ProbeResult> Read()
    {
        lock (_gate)
        {
            return [.. _first, .. _newest];
        }
    }
}
