using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Rooms;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>What a client says to the hub. Every field is within its limits, every default filled in; docs/wire/hub.md has them. Data is JSON in UTF-8, in memory of its own.</summary>
internal abstract record HubMessage
{
    internal sealed record Hello(string? Token, string? Branch, DeviceHello? Device, ResumeHello? Resume) : HubMessage;

    internal sealed record Subscribe(string Id, string Room, RoomPosition? Since) : HubMessage;

    internal sealed record Unsubscribe(string Id, string Room) : HubMessage;

    internal sealed record Publish(string Id, string Room, ReadOnlyMemory<byte> Data, string? Key, string? Correlation, string? Trace) : HubMessage;

    internal sealed record Request(string Id, string To, string Op, ReadOnlyMemory<byte> Data, string Key, TimeSpan Ttl, TimeSpan Timeout, string? Correlation, string? Trace) : HubMessage
    {
        /// <summary>Whether its end is told to the webhook; null: as is usual for how it was asked.</summary>
        public bool? Notify { get; init; }
    }

    internal sealed record Cancel(string Id, string To, string Key) : HubMessage;

    internal sealed record Ack(string Id) : HubMessage;

    /// <param name="Id">The try that it is about, or the question.</param>
    /// <param name="Ok">It was done.</param>
    /// <param name="Data">Empty if there is none.</param>
    /// <param name="Error">Present exactly when it is not <paramref name="Ok"/>.</param>
    internal sealed record Result(string Id, bool Ok, ReadOnlyMemory<byte> Data, ErrorBody? Error) : HubMessage;

    /// <summary>A device that has not stored a request.</summary>
    internal sealed record Refusal(string Id, ErrorBody Error, bool Temporary, TimeSpan RetryAfter) : HubMessage;

    internal sealed record Status(string Of, ReadOnlyMemory<byte> Data) : HubMessage;

    internal sealed record Watch(string Id, string Of) : HubMessage;

    internal sealed record Ping(long N) : HubMessage;

    internal sealed record Pong(long N) : HubMessage;
}

internal sealed record DeviceHello(string Id, string? Kind, string? Version, ImmutableArray<string> Caps);

/// <param name="Session">That of the connection before.</param>
/// <param name="Offsets">Each room with the last event that was handled there.</param>
internal sealed record ResumeHello(string Session, ImmutableArray<KeyValuePair<string, RoomPosition>> Offsets);

/// <param name="Code">A name.</param>
/// <param name="Message">For people; at most 1 KiB is kept.</param>
internal sealed record ErrorBody(string Code, string Message);
