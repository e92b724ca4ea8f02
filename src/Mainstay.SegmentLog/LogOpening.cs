namespace Mainstay.SegmentLog;

/// <summary>What was found when a log was opened.</summary>
/// <param name="Records">How many there are.</param>
/// <param name="TornBytes">Bytes behind the last whole record: what a process wrote that died before its flush. Nobody was told that they are stored.</param>
/// <param name="TornFile">Where those bytes were put aside; null when there were none.</param>
/// <param name="Because">One sentence for the log of whoever opened it; empty when all was as it was left.</param>
public sealed record LogOpening(long Records, long TornBytes, string? TornFile, string Because);
