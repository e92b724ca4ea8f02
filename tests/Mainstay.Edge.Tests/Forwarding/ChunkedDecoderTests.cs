using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Edge.Forwarding.Upstream;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "", null)]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello", null)]
    [InlineData("0005\r\nhello\r\n00\r\n\r\n", "hello", null)]
    [InlineData("a;x=y;z=\"q\"\r\n0123456789\r\n0\r\n\r\n", "0123456789", null)]
    [InlineData("1\r\na\r\nA\r\n0123456789\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", "a0123456789", "X: 1\nY: 2\n")]
    public void A_body_is_what_stands_between_the_framing(string input, string data, string? trailers)
    {
        var (text, decoder, used) = Decode(input + "next", 1000);
        Assert.True(decoder.IsDone);
        Assert.Equal((data, trailers, input.Length), (text, decoder.Trailers, used));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("5 \r\nhello\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5\r\nhelloX\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5;a\nb\r\nhello\r\n")]
    [InlineData("1000000000000000\r\n")]
    [InlineData("0\r\nX: a\nY: b\r\n\r\n")]
    public void Anything_that_could_be_read_in_two_ways_is_broken(string input) => Assert.True(Decode(input, 1000).Decoder.IsBroken);

    [Fact]
    public void Endless_extensions_and_trailers_are_broken()
    {
        Assert.True(Decode("1;" + new string('x', 2000), 1000).Decoder.IsBroken);
        Assert.True(Decode("0\r\nX: " + new string('x', 10_000), 1000).Decoder.IsBroken);
    }

    [Fact]
    public void The_division_into_reads_does_not_matter() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 300).ListOf()),
        Arb.From(Gen.Choose(1, 50)),
        (sizes, step) =>
        {
            var parts = sizes.Where(size => size > 0).Select((size, i) => new string((char)('a' + (i % 26)), size)).ToArray();
            var (text, decoder, _) = Decode(string.Concat(parts.Select(part => $"{part.Length:x}\r\n{part}\r\n")) + "0\r\n\r\n", step);
            return decoder.IsDone && text == string.Concat(parts);
        }).QuickCheckThrowOnFailure();

    private static (string Text, ChunkedDecoder Decoder, int Used) Decode(string input, int step)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        var decoder = default(ChunkedDecoder);
        var text = new StringBuilder();
        var at = 0;
        while (at < bytes.Length && !decoder.IsDone && !decoder.IsBroken)
        {
            var data = decoder.Next(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)), out var consumed);
            text.Append(Encoding.Latin1.GetString(data));
            at += consumed;
        }

        return (text.ToString(), decoder, at);
    }
}
