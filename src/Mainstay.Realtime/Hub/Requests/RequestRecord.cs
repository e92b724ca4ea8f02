using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>A request's name: given by the shell, from 128 random bits.</summary>
internal readonly record struct RequestId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>What somebody asks. It never changes.</summary>
/// <param name="Target">Who is to do it.</param>
/// <param name="Op">What is to be done, e.g. <c>print</c>.</param>
/// <param name="Data">JSON in UTF-8; emptied once the request has ended, when only its hash is needed.</param>
/// <param name="Key">Names what is to be done, not the try: the same for every time that it is asked.</param>
/// <param name="Ttl">How long it may wait for the device to have it; zero: only if the device is connected now.</param>
/// <param name="Timeout">How long the device may take from its <c>ack</c>.</param>
/// <param name="Correlation">On everything that follows from it.</param>
/// <param name="Trace">A W3C traceparent, or null.</param>
internal sealed record RequestSpec(TargetAddress Target, string Op, ReadOnlyMemory<byte> Data, string Key, TimeSpan Ttl, TimeSpan Timeout, string Correlation, string? Trace)
{
    /// <summary>Its end is told to the webhook.</summary>
    public bool Notify { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Data">The device's result as JSON in UTF-8; empty if there is none.</param>
/// <param name="Code">Of the error; null when it was done.</param>
/// <param name="Message">For people.</param>
internal sealed record RequestOutcome(ReadOnlyMemory<byte> Data, string? Code, string? Message);

/// <summary>A request as the store keeps it: all that a new hub needs to go on with it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Spec">What was asked.</param>
/// <param name="Hash">Of what the key is bound to.</param>
/// <param name="Order">Its place in the device's queue.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="ExpiresAt">Not sent after this.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="Try">How often it was sent; answers carry it.</param>
/// <param name="CancelWished">Somebody wants it not to be done, if that can still be had.</param>
/// <param name="AcceptedAt">When the device first said that it has it.</param>
/// <param name="NotBefore">A busy device is left alone until then; null: it may be sent at once.</param>
/// <param name="Due">When its timer means something; what, the phase says.</param>
/// <param name="EndsBy">When it is given up; fixed as it is sent and as it is accepted.</param>
/// <param name="Outcome">Set when it has ended.</param>
/// <param name="Because">One sentence: why it is where it is.</param>
internal sealed record RequestRecord(
    RequestId Id,
    RequestSpec Spec,
    PayloadHash Hash,
    long Order,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    RequestPhase Phase,
    int Try,
    bool CancelWished,
    DateTimeOffset? AcceptedAt,
    DateTimeOffset? NotBefore,
    DateTimeOffset Due,
    DateTimeOffset EndsBy,
    RequestOutcome? Outcome,
    string Because)
{
    /// <summary>What is kept of it in memory and on disk, about, in bytes.</summary>
    public int Size => 512 + Spec.Data.Length + (Outcome?.Data.Length ?? 0);
}
