using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.Logs;
using Mainstay.Supervisor.Logs;

namespace Mainstay.Supervisor.Tests.Logs;

public class LineFramerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly LinePrefix Prefix = new LinePrefix().Set(Noon, "api-1", LogStream.Out);

    [Fact]
    public void Lines_end_at_a_line_feed_and_what_has_no_end_waits()
    {
        var (framed, lines) = Frame("one\ntwo\r\n\nthr"u8.ToArray());
        Assert.Equal(["one", "two", ""], lines.Select(l => l.Text));
        Assert.Equal("one\ntwo\r\n\n".Length, framed.Consumed);
    }

    [Theory]
    [InlineData((byte)Unended.AsLine, false)]
    [InlineData((byte)Unended.AsPart, true)]
    public void What_has_no_end_is_written_when_none_will_come(byte unended, bool continues)
    {
        var (framed, lines) = Frame("one\ntwo"u8.ToArray(), (Unended)unended);
        Assert.Equal([("one", false), ("two", continues)], lines.Select(l => (l.Text, l.Continues)));
        Assert.Equal(7, framed.Consumed);
    }

    [Fact]
    public void A_line_that_is_too_long_becomes_marked_parts_and_loses_nothing()
    {
        var text = new string('a', LogLine.MaxTextBytes - 1) + "ä" + new string('b', LogLine.MaxTextBytes);
        var (_, lines) = Frame(Encoding.UTF8.GetBytes(text + "\nshort\n"));
        Assert.Equal([true, true, false, false], lines.Select(l => l.Continues));
        Assert.Equal(text, lines[0].Text + lines[1].Text + lines[2].Text);
        Assert.All(lines, l => Assert.DoesNotContain('\uFFFD', l.Text));
    }

    [Fact]
    public void A_line_of_exactly_the_longest_length_is_whole()
    {
        var (_, lines) = Frame(Encoding.UTF8.GetBytes(new string('a', LogLine.MaxTextBytes) + "\n"));
        Assert.False(Assert.Single(lines).Continues);
    }

    [Fact]
    public void An_output_without_room_takes_whole_lines_only()
    {
        var output = new byte[100];
        var framed = LineFramer.Frame("one\ntwo\nthree\n"u8, int.MaxValue, Unended.Keep, Prefix, output);
        Assert.Equal((8, 2, true), (framed.Consumed, framed.Lines, framed.NeedsRoom));
    }

    [Fact]
    public void Any_chunking_of_any_bytes_gives_the_same_lines() =>
        Prop.ForAll(Histories(), history =>
        {
            var whole = Frame(history.Bytes, Unended.AsLine).Lines;
            return Chunked(history).SequenceEqual(whole);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_batch_is_made_again_from_the_same_bytes_and_what_came_after_them() =>
        Prop.ForAll(Histories(), history =>
        {
            var output = new byte[1 << 20];
            var first = LineFramer.Frame(history.Bytes, int.MaxValue, Unended.Keep, Prefix, output.AsSpan(0, 1 + (history.Cuts.Sum() % output.Length)));
            var batch = output.AsSpan(0, first.Written).ToArray();
            var more = history.Bytes.Concat("more\n"u8.ToArray()).ToArray();
            var again = LineFramer.Frame(more, first.Consumed, Unended.Keep, Prefix, output);
            return first.Consumed == 0 || (again.Consumed == first.Consumed && output.AsSpan(0, again.Written).SequenceEqual(batch));
        }).QuickCheckThrowOnFailure();

    private static List<LogRecord> Chunked(History history)
    {
        var (held, at, cut) = (Array.Empty<byte>(), 0, 0);
        var lines = new List<LogRecord>();
        while (at < history.Bytes.Length)
        {
            var take = Math.Min(history.Cuts[cut++ % history.Cuts.Length], history.Bytes.Length - at);
            held = [.. held, .. history.Bytes.AsSpan(at, take)];
            at += take;
            var (framed, found) = Frame(held);
            lines.AddRange(found);
            held = held[framed.Consumed..];
        }

        lines.AddRange(Frame(held, Unended.AsLine).Lines);
        return lines;
    }

    private static (Framed Framed, List<LogRecord> Lines) Frame(byte[] input, Unended unended = Unended.Keep)
    {
        var output = new byte[1 << 20];
        var framed = LineFramer.Frame(input, int.MaxValue, unended, Prefix, output);
        var lines = new List<LogRecord>();
        foreach (var line in Encoding.Latin1.GetString(output, 0, framed.Written).Split('\n')[..^1])
        {
            Assert.True(LogLine.TryParse(Encoding.Latin1.GetBytes(line), out LogLineParts parts));
            lines.Add(parts.ToRecord());
        }

        return (framed, lines);
    }

    private static Arbitrary<History> Histories() => (
        from pieces in Gen.ListOf(Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Gen.Elements("\n"u8.ToArray(), "\r\n"u8.ToArray(), "x\n"u8.ToArray(), "\r"u8.ToArray(), "€"u8.ToArray()),
            Gen.Choose(LogLine.MaxTextBytes - 3, LogLine.MaxTextBytes + 3).Select(n => Enumerable.Repeat((byte)'z', n).ToArray())), 6)
        from cuts in Gen.NonEmptyListOf(Gen.Choose(1, 70_000))
        select new History(pieces.SelectMany(p => p).ToArray(), [.. cuts])).ToArbitrary();

    private sealed record History(byte[] Bytes, int[] Cuts);
}
