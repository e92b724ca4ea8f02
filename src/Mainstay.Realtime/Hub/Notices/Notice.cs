namespace Mainstay.Realtime.Hub.Notices;

/// <summary>That a request has ended, to be told to the webhook until it has taken it.</summary>
/// <param name="Place">Among all notices, in the order in which they came about.</param>
/// <param name="Id">For who is told twice.</param>
/// <param name="Request">Notices of one request are told in their order.</param>
/// <param name="At">When it ended.</param>
/// <param name="Body">JSON in UTF-8; signed as it is.</param>
internal sealed record Notice(long Place, string Id, string Request, DateTimeOffset At, ReadOnlyMemory<byte> Body);
