using Mainstay.Edge.Answers;
using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.Forwarding;

/// <summary>The two reasons for which a request waits: its service is held, or its only instance has just gone and the daemon is about to say what comes.</summary>
internal sealed class Patience(EdgeLimits limits, TimeProvider time)
{
    /// <summary>Waits in the service's room until a newer snapshot lets everybody go. Null: look again.</summary>
    public async ValueTask<EdgeVerdict?> HoldAsync(EdgeRequest request, RoutingState state, ServiceView service, Tries tries)
    {
        if (!service.Hold)
        {
            return EdgeVerdict.Unavailable;
        }

        var now = time.GetTimestamp();
        tries.HeldSince ??= now;
        var left = service.HoldMax - time.GetElapsedTime(tries.HeldSince.Value, now);
        if (left <= TimeSpan.Zero)
        {
            return EdgeVerdict.HoldTimedOut;
        }

        try
        {
            return await service.Traffic.Room.WaitAsync(state.Version, left, request.Aborted) switch
            {
                WaitOutcome.Released => null,
                WaitOutcome.TimedOut => EdgeVerdict.HoldTimedOut,
                WaitOutcome.Full => EdgeVerdict.HoldFull,
            };
        }
        catch (OperationCanceledException)
        {
            return Attempts.ClientVerdict(request);
        }
        finally
        {
            service.Traffic.Counters.Held(time.GetTimestamp() - tries.HeldSince.Value);
        }
    }

    /// <summary>Whether a request whose only instance has gone may (still) wait for the daemon's word.</summary>
    public bool MayWait(ServiceView? service, Tries tries) => service is { Hold: true }
        ? tries.HeldSince is not { } since || time.GetElapsedTime(since) < service.HoldMax
        : tries.Learned == 0;

    /// <summary>A refused connection means that the process is gone, and the daemon knows that within moments. True: there is a newer snapshot.</summary>
    public async ValueTask<bool> LearnAsync(EdgeRequest request, RoutingState state, Tries tries)
    {
        tries.Learned++;
        tries.HeldSince ??= time.GetTimestamp();
        try
        {
            await state.Superseded.WaitAsync(limits.RefusedGrace, time, request.Aborted);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
