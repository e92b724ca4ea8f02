using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>
/// Looks at all connections in turn, with one timer for all of them: pings each when it is its time, and closes those that are silent, take nothing, or may not be here any more.
/// </summary>
/// <param name="ping">Between two pings of a connection.</param>
/// <param name="maxStall">How long a connection may take nothing of what waits for it.</param>
/// <param name="licences">Null: no device has one.</param>
/// <param name="tell">Of pings of devices: answered in so much time, or not (null).</param>
internal sealed class Heartbeat(TimeSpan ping, TimeSpan maxStall, LicenceFile? licences, Func<IReadOnlyList<LinkSample>, CancellationToken, ValueTask> tell, TimeProvider time, ILogger log)
{
    /// <summary>How often it looks; no connection is found out later than it must be by more than this.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>So many pings without an answer, and nothing else heard, and the peer is gone.</summary>
    private const int MaxMissed = 2;

    private readonly Lock _gate = new();
    private readonly HashSet<Pulse> _pulses = [];

    public Pulse Add(IPulsed connection)
    {
        var pulse = new Pulse(connection, time.GetUtcNow() + ping);
        lock (_gate)
        {
            _pulses.Add(pulse);
        }

        return pulse;
    }

    public void Remove(Pulse pulse)
    {
        lock (_gate)
        {
            _pulses.Remove(pulse);
        }
    }

    public async Task RunAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(token))
        {
            await SweepAsync(token);
        }
    }

    public ValueTask SweepAsync(CancellationToken token)
    {
        Pulse[] pulses;
        lock (_gate)
        {
            pulses = [.. _pulses];
        }

        var now = time.GetUtcNow();
        var known = licences?.All;
        var samples = new List<LinkSample>();
        foreach (var pulse in pulses)
        {
            try
            {
                Check(pulse, known, now);
                Look(pulse, samples, now);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // One connection's fault must not be the end of looking after the others.
                log.PulseFailed(e);
            }
        }

        return samples.Count > 0 ? tell(samples, token) : ValueTask.CompletedTask;
    }

    /// <summary>Whether it may still be here. A licence has to be missing twice: a file that is just being written is not one that withdraws all.</summary>
    private static void Check(Pulse pulse, ImmutableDictionary<string, DeviceAddress>? known, DateTimeOffset now)
    {
        var connection = pulse.Connection;
        if (connection.ValidUntil <= now)
        {
            connection.Close(HubClose.Unauthorized, "the token has expired");
        }
        else if (connection.Licence is { } licence)
        {
            pulse.Withdrawn = known?.GetValueOrDefault(licence.Hash) == licence.Device ? 0 : pulse.Withdrawn + 1;
            if (pulse.Withdrawn >= 2)
            {
                connection.Close(HubClose.Unauthorized, "the licence was withdrawn");
            }
        }
    }

    private void Look(Pulse pulse, List<LinkSample> samples, DateTimeOffset now)
    {
        var (connection, socket) = (pulse.Connection, pulse.Connection.Socket);
        if (socket.Stalled >= maxStall)
        {
            socket.GiveUpAsTooSlow();
            return;
        }

        if (pulse.IsAwaited && socket.RoundTrip is { } roundTrip)
        {
            (pulse.IsAwaited, pulse.Missed) = (false, 0);
            Tell(connection, roundTrip, samples);
        }

        if (now < pulse.Next)
        {
            return;
        }

        // While nobody reads here (the hub is held up) its pongs are not seen, and it is not to blame.
        var unheard = socket.Silent;
        if (pulse.IsAwaited && unheard > TimeSpan.Zero)
        {
            Tell(connection, null, samples);
            pulse.Missed = unheard >= ping ? pulse.Missed + 1 : 0;
            if (pulse.Missed >= MaxMissed)
            {
                connection.GiveUp(HubClose.Silent, "two pings were not answered");
                return;
            }
        }

        pulse.IsAwaited = socket.Ping();
        pulse.Next = now + ping;
    }

    private static void Tell(IPulsed connection, TimeSpan? roundTrip, List<LinkSample> samples)
    {
        if (connection.Client.Who.Device is not null)
        {
            samples.Add(new(connection.Client, roundTrip));
        }
    }
}

/// <summary>One connection, as the heartbeat remembers it.</summary>
internal sealed class Pulse(IPulsed connection, DateTimeOffset next)
{
    public IPulsed Connection => connection;

    /// <summary>When it is pinged next.</summary>
    public DateTimeOffset Next { get; set; } = next;

    /// <summary>A ping is on its way, and its answer was not told yet.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>In a row.</summary>
    public int Missed { get; set; }

    /// <summary>Looks in a row that did not find its licence.</summary>
    public int Withdrawn { get; set; }
}
