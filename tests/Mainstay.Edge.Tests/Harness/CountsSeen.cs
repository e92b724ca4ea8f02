using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Tests.Harness;

/// <summary>What a worker's daemon knows of its counts.</summary>
internal static class CountsSeen
{
    public static readonly EdgeLimits Often = new() { CountsInterval = TimeSpan.FromMilliseconds(10) };

    /// <summary>Waits until an instance has so many requests, and returns what is known then.</summary>
    public static async Task<EdgeInstanceCounts> InstanceAsync(this DaemonStub daemon, string id, long requests)
    {
        while (true)
        {
            var last = daemon.Seen.SelectMany(r => r.Counts is { } c ? c.Instances : []).LastOrDefault(i => i.Instance == id);
            if (last?.Requests >= requests)
            {
                return last;
            }

            await daemon.UntilAsync(r => r.Counts is not null);
        }
    }

    public static async Task<EdgeServiceCounts> ServiceAsync(this DaemonStub daemon, string name, Func<EdgeServiceCounts, bool> fits)
    {
        while (true)
        {
            var last = daemon.Seen.SelectMany(r => r.Counts is { } c ? c.Services : []).LastOrDefault(i => i.Service == name);
            if (last is not null && fits(last))
            {
                return last;
            }

            await daemon.UntilAsync(r => r.Counts is not null);
        }
    }

    public static Task<EdgeServiceCounts> ServiceAsync(this DaemonStub daemon, string name, long requests) => daemon.ServiceAsync(name, s => s.Requests >= requests);
}
