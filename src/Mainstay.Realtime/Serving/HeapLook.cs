namespace Mainstay.Realtime.Serving;

/// <summary>What the heap looks like at a moment.</summary>
/// <param name="At">Since the process began to look.</param>
/// <param name="Allocated">Bytes that were ever allocated.</param>
/// <param name="Used">Bytes on the heap, with what nobody needs any more.</param>
internal readonly record struct HeapLook(TimeSpan At, long Allocated, long Used);
