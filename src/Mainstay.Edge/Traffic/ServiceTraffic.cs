using Mainstay.Edge.Counting;

namespace Mainstay.Edge.Traffic;

/// <summary>What outlives snapshots about one service: who waits for it, and whose turn it is among equals.</summary>
internal sealed class ServiceTraffic(string name, WaitingRoom room, ServiceCounters counters)
{
    private uint _turn;

    public string Name { get; } = name;

    public WaitingRoom Room { get; } = room;

    public ServiceCounters Counters { get; } = counters;

    public uint NextTurn() => Interlocked.Increment(ref _turn);
}
