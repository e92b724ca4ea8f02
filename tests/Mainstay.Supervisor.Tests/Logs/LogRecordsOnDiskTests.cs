using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.Logs;
using Mainstay.Supervisor.Logs;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>The two small records that the next daemon relies on.</summary>
public class LogRecordsOnDiskTests
{
    private static readonly LogCursor Cursor = new(
        CursorKind.Lines, 7, 1234, 99, "r7.out", 3, 1024, 2048, new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero), "api-1", LogStream.Err, Unended.AsPart);

    private static readonly SpoolHeader Header = new("api", "api-1", new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero), 5, 4096, 3, 77, 5000);

    [Fact]
    public void A_cursor_comes_back_as_it_was_written()
    {
        var file = new byte[2 * LogCursor.SlotSize];
        Write(file, Cursor, 1);
        Assert.Equal(Cursor, LogCursor.Decode(file, out var sequence) with { Remark = default });
        Assert.Equal(1, sequence);

        var remark = new LogCursor(CursorKind.Remark, 7, 5, 3, Remark: "abc"u8.ToArray());
        Write(file, remark, 2);
        Assert.Equal("abc"u8, LogCursor.Decode(file, out _).Remark.Span);
    }

    [Fact]
    public void A_spool_header_comes_back_as_it_was_written()
    {
        var file = new byte[SpoolHeader.DataStart];
        var slot = file.AsSpan(Slots.IndexOf(1) * SpoolHeader.SlotSize, SpoolHeader.SlotSize);
        Slots.Seal(slot, 1, Header.Encode(slot[Slots.Overhead..]));
        Assert.Equal(Header, SpoolHeader.Decode(file, out _));
    }

    [Fact]
    public void A_record_that_was_torn_while_it_was_written_leaves_the_one_before_it()
    {
        var whole = new byte[2 * LogCursor.SlotSize];
        Write(whole, Cursor, 8);
        var next = (byte[])whole.Clone();
        Write(next, Cursor with { From = 9999, Instance = "another-1" }, 9);
        for (var torn = 0; torn < 200; torn++)
        {
            var file = (byte[])whole.Clone();
            next.AsSpan(LogCursor.SlotSize, torn).CopyTo(file.AsSpan(LogCursor.SlotSize));
            var read = LogCursor.Decode(file, out var sequence);
            Assert.True(sequence == 8 ? read.From == Cursor.From : read.From == 9999, $"torn at {torn}");
        }
    }

    [Fact]
    public void No_bytes_make_a_reader_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), noise =>
        {
            var file = new byte[2 * LogCursor.SlotSize];
            Write(file, Cursor, 8);
            noise.AsSpan(0, Math.Min(noise.Length, 100)).CopyTo(file);
            return LogCursor.Decode(file, out _).Kind is CursorKind.Lines or CursorKind.Idle
                && LogCursor.Decode(noise, out _).Kind is CursorKind.Idle
                && SpoolHeader.Decode(noise, out _) is null;
        }).QuickCheckThrowOnFailure();

    private static void Write(byte[] file, LogCursor cursor, long sequence)
    {
        var slot = file.AsSpan(Slots.IndexOf(sequence) * LogCursor.SlotSize, LogCursor.SlotSize);
        Slots.Seal(slot, sequence, cursor.Encode(slot[Slots.Overhead..]));
    }
}
