using System.Collections.Immutable;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

internal enum Victim
{
    Broker,
    Ingest,
    Hub,
    Edge,
    Daemon,
}

/// <summary>What is killed when, all of it from the seed.</summary>
/// <param name="Broker">redis_streams or log.</param>
/// <param name="Forgets">The broker keeps nothing on disk, and the devices do not know what they were asked: neither does its part.</param>
internal sealed record ChaosPlan(int Seed, string Broker, ImmutableArray<Blow> Blows, bool Forgets = false)
{
    private static readonly TimeSpan s_storm = TimeSpan.FromSeconds(8);

    public static ChaosPlan Of(int seed)
    {
        var chance = new Random(seed);
        var broker = seed % 4 == 0 ? "log" : "redis_streams";
        var victims = Enum.GetValues<Victim>().Where(v => v is not Victim.Broker || broker != "log").ToArray();
        var blows = Enumerable.Range(0, chance.Next(3, 7)).Select(_ => new Blow(
            Share(s_storm),
            [.. victims.OrderBy(_ => chance.Next()).Take(chance.Next(10) < 3 ? 2 : 1).Order()],
            chance.Next(3) == 0 ? TimeSpan.Zero : Share(TimeSpan.FromSeconds(2))));
        return new(seed, broker, [.. blows.OrderBy(b => b.At)]);

        TimeSpan Share(TimeSpan of) => TimeSpan.FromMilliseconds(chance.Next((int)of.TotalMilliseconds));
    }
}

/// <param name="At">Since the storm's beginning.</param>
/// <param name="Away">After this time a broker or a daemon is started again; the others are Mainstay's to start.</param>
internal sealed record Blow(TimeSpan At, ImmutableArray<Victim> Victims, TimeSpan Away);
