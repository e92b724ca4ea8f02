namespace Mainstay.Daemon.Lifecycle;

/// <summary>
/// Gives memory back once an operation is over. Reading a manifest, checking a host and writing hundreds of records leave garbage that the
/// collector would keep as room for more of the same; a daemon then does almost nothing for weeks, on a server whose memory is for the services.
/// </summary>
internal static class MemoryTrim
{
    /// <summary>Compacts and decommits. Some 10 ms of pause, which is why it runs between operations and never by a clock.</summary>
    public static void Run() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
