using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

/// <summary>What stands before every text of one batch: formatted once, copied for each line.</summary>
internal sealed class LinePrefix
{
    private readonly byte[] _line = new byte[LogLine.MaxPrefixBytes];
    private readonly byte[] _part = new byte[LogLine.MaxPrefixBytes];
    private int _lineLength;
    private int _partLength;

    public ReadOnlySpan<byte> Line => _line.AsSpan(0, _lineLength);

    public ReadOnlySpan<byte> Part => _part.AsSpan(0, _partLength);

    public LinePrefix Set(DateTimeOffset at, string instance, LogStream stream)
    {
        _lineLength = LogLine.FormatPrefix(_line, at, instance, stream, continues: false);
        _partLength = LogLine.FormatPrefix(_part, at, instance, stream, continues: true);
        return this;
    }
}
