using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

/// <summary>The buffers of the one log worker, shared by all services in turn.</summary>
internal sealed class LogScratch
{
    /// <summary>The most that one batch takes, in captured bytes.</summary>
    public const int BatchBytes = 256 * 1024;

    /// <summary>Captured bytes. The framer looks one line past the end of a batch, and the spool compacts through it.</summary>
    public byte[] Input { get; } = new byte[BatchBytes + LogLine.MaxLineBytes];

    /// <summary>Formatted lines.</summary>
    public byte[] Output { get; } = new byte[2 * BatchBytes];

    public byte[] Slot { get; } = new byte[LogCursor.SlotSize];

    public LinePrefix Prefix { get; } = new();
}
