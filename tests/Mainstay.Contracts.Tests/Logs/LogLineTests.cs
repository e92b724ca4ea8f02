using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Contracts.Logs;

namespace Mainstay.Contracts.Tests.Logs;

public class LogLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_record_reads_as_one_greppable_line() =>
        Assert.Equal(
            "2026-11-22T12:00:00.000123Z api-1 out hello  world",
            LogLine.Format(new LogRecord(Noon.AddTicks(1230), "api-1", LogStream.Out, "hello  world")));

    [Fact]
    public void A_part_of_a_longer_line_is_marked_beside_the_stream() =>
        Assert.Equal("2026-11-22T12:00:00.000000Z api-1 err+ half", LogLine.Format(new LogRecord(Noon, "api-1", LogStream.Err, "half", Continues: true)));

    [Fact]
    public void What_was_formatted_is_parsed_back_equal() =>
        Prop.ForAll(Records(), record => LogLine.TryParse(LogLine.Format(record), out LogRecord back) && back == record).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_of_any_bytes_comes_back_byte_for_byte() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), text =>
        {
            var line = new byte[LogLine.MaxPrefixBytes + text.Length];
            var prefix = LogLine.FormatPrefix(line, Noon, "api-1", LogStream.Out, continues: false);
            text.CopyTo(line, prefix);
            return LogLine.TryParse(line.AsSpan(0, prefix + text.Length), out LogLineParts parts) && parts.Text.SequenceEqual(text) && parts.At == Noon;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_makes_the_parser_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Records(), (noise, record) =>
        {
            var line = Encoding.UTF8.GetBytes(LogLine.Format(record));
            var parsed = 0;
            for (var i = 0; i < Math.Min(noise.Length, line.Length); i++)
            {
                parsed += LogLine.TryParse(line.AsSpan(0, i), out LogLineParts _) ? 1 : 0;
                line[i] = noise[i];
                parsed += LogLine.TryParse(line, out LogLineParts _) ? 1 : 0;
            }

            return parsed >= 0;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("api 1")]
    [InlineData("api\n1")]
    [InlineData("äpi")]
    public void An_instance_name_that_would_break_the_format_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => LogLine.Format(new LogRecord(Noon, name, LogStream.Out, "x")));

    [Fact]
    public void A_text_of_two_lines_is_refused() =>
        Assert.Throws<ArgumentException>(() => LogLine.Format(new LogRecord(Noon, "api-1", LogStream.Out, "a\nb")));

    private static Arbitrary<LogRecord> Records() => (
        from ticks in Gen.Choose(0, int.MaxValue)
        from scale in Gen.Choose(1, 100_000)
        from instance in Gen.Elements("api-1", "a-1", "a-very-long-name-of-a-service-indeed-ok-12")
        from stream in Gen.Elements(Enum.GetValues<LogStream>())
        from continues in Gen.Elements(true, false)
        from text in ArbMap.Default.GeneratorFor<string>()
        select new LogRecord(
            new DateTimeOffset((long)ticks * scale * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
            instance,
            stream,
            // Only text that UTF-8 can carry comes back equal; lone surrogates cannot come from a file.
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes((text ?? "").Replace('\n', ' '))),
            continues)).ToArbitrary();
}
