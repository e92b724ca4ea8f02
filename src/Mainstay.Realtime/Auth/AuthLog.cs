using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Auth;

internal static partial class AuthLog
{
    [LoggerMessage(EventId = 7900, Level = LogLevel.Information, Message = "{Source} gave {Count} keys")]
    public static partial void KeysLoaded(this ILogger logger, string source, int count);

    [LoggerMessage(EventId = 7901, Level = LogLevel.Warning, Message = "{Source} {Because}; the keys stay as they are")]
    public static partial void KeysNotLoaded(this ILogger logger, string source, string because);
}
