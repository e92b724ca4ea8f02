namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>The codes of <c>err</c>, as in docs/wire/hub.md.</summary>
internal enum HubErrorCode
{
    BadMessage,
    UnknownKind,
    BadField,
    HelloFirst,
    HelloTwice,
    Forbidden,
    UnknownDevice,
    UnknownRequest,
    KeyConflict,
    UnknownOp,
    TooLarge,
    TooManyKeys,
    TooManyRooms,
    TooManyRequests,
    QueueFull,
    DeviceOffline,
    StoreUnavailable,
}

internal static class HubErrorCodes
{
    public static string Word(this HubErrorCode code) => code switch
    {
        HubErrorCode.BadMessage => "bad_message",
        HubErrorCode.UnknownKind => "unknown_kind",
        HubErrorCode.BadField => "bad_field",
        HubErrorCode.HelloFirst => "hello_first",
        HubErrorCode.HelloTwice => "hello_twice",
        HubErrorCode.Forbidden => "forbidden",
        HubErrorCode.UnknownDevice => "unknown_device",
        HubErrorCode.UnknownRequest => "unknown_request",
        HubErrorCode.KeyConflict => "key_conflict",
        HubErrorCode.UnknownOp => "unknown_op",
        HubErrorCode.TooLarge => "too_large",
        HubErrorCode.TooManyKeys => "too_many_keys",
        HubErrorCode.TooManyRooms => "too_many_rooms",
        HubErrorCode.TooManyRequests => "too_many_requests",
        HubErrorCode.QueueFull => "queue_full",
        HubErrorCode.DeviceOffline => "device_offline",
        HubErrorCode.StoreUnavailable => "store_unavailable",
    };

    public static int HttpStatus(this HubErrorCode code) => code switch
    {
        HubErrorCode.BadMessage or HubErrorCode.UnknownKind or HubErrorCode.BadField or HubErrorCode.HelloFirst or HubErrorCode.HelloTwice or HubErrorCode.UnknownOp => 400,
        HubErrorCode.Forbidden => 403,
        HubErrorCode.UnknownDevice or HubErrorCode.UnknownRequest => 404,
        HubErrorCode.KeyConflict => 409,
        HubErrorCode.TooLarge or HubErrorCode.TooManyKeys or HubErrorCode.TooManyRooms => 413,
        HubErrorCode.TooManyRequests => 429,
        HubErrorCode.QueueFull or HubErrorCode.DeviceOffline or HubErrorCode.StoreUnavailable => 503,
    };

    /// <summary>The same may go through later.</summary>
    public static bool IsTemporary(this HubErrorCode code) => code.HttpStatus() is 429 or 503;
}

/// <param name="Code">Which.</param>
/// <param name="Message">What was found and what must be, for people.</param>
/// <param name="Id">Of the message that it is about; null if that had none.</param>
/// <param name="RetryAfter">Null: nothing is known of it.</param>
internal sealed record HubError(HubErrorCode Code, string Message, string? Id = null, TimeSpan? RetryAfter = null);

/// <summary>Why the hub closes a connection. The number is the close code.</summary>
internal enum HubClose
{
    NotText = 1003,
    NotUtf8 = 1007,
    TooManyMessages = 1008,
    TooBig = 1009,
    Restart = 1012,
    Full = 1013,
    Unauthorized = 3000,
    WrongToken = 3003,
    Silent = 3008,
    Replaced = 4001,
    ReadsTooSlowly = 4002,
}
