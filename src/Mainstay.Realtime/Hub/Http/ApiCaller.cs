using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>Who calls, and until when that is true.</summary>
internal sealed record ApiCaller(Identity Who, DateTimeOffset? ValidUntil);
