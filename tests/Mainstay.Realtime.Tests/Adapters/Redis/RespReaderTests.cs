using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RespReaderTests
{
    private const string OneOfEach = "+OK\r\n-ERR no\r\n:42\r\n:-7\r\n$-1\r\n*-1\r\n$0\r\n\r\n$4\r\na\r\nb\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n+\r\n";

    private static readonly string[] Each = ["+OK", "-ERR no", ":42", ":-7", "null", "null", "$", "$a\r\nb", "[]", "[:1 [$x null] +y]", "+"];

    [Theory]
    [InlineData("+PONG\r\n", "+PONG")]
    [InlineData("-OOM command not allowed\r\n", "-OOM command not allowed")]
    [InlineData(":9223372036854775807\r\n", ":9223372036854775807")]
    [InlineData(":-0\r\n", ":0")]
    [InlineData("$3\r\n\0\r\xff\r\n", "$\0\r\xff")]
    [InlineData("*2\r\n*1\r\n:1\r\n*0\r\n", "[[:1] []]")]
    [InlineData("*1\r\n*-1\r\n", "[null]")]
    public void Every_kind_of_reply_is_read(string bytes, string reply) => Assert.Equal([reply], Read(bytes, 1000));

    [Fact]
    public void Where_the_bytes_are_split_does_not_matter()
    {
        for (var at = 0; at <= OneOfEach.Length; at++)
        {
            var reader = new RespReader();
            Assert.Equal(Each, Feed(reader, OneOfEach[..at]).Concat(Feed(reader, OneOfEach[at..])));
            Assert.False(reader.HasUnfinished);
        }

        Assert.Equal(Each, Read(OneOfEach, 1));
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData("+OK\n")]
    [InlineData("+OK\rX")]
    [InlineData("+O\nK\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":+1\r\n")]
    [InlineData(":1x\r\n")]
    [InlineData(":99999999999999999999\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("$\r\n")]
    [InlineData("*-3\r\n")]
    [InlineData("*x\r\n")]
    [InlineData("%1\r\n")]
    public void What_is_no_reply_is_refused(string bytes)
    {
        Assert.Throws<RespException>(() => Read(bytes, 1000));
        Assert.Throws<RespException>(() => Read(bytes, 1));
    }

    [Theory]
    [InlineData("$16777217\r\n")]
    [InlineData("$9223372036854775807\r\n")]
    [InlineData("*16777216\r\n")]
    [InlineData("*2\r\n$16777210\r\n")]
    public void What_will_be_too_large_is_refused_when_its_length_is_told(string bytes)
    {
        if (bytes.StartsWith("*2", StringComparison.Ordinal))
        {
            // Two of them together are too large; the first one is not.
            bytes += new string('x', 16_777_210) + "\r\n+\r\n";
        }

        Assert.Contains("larger than 16 MiB", Assert.Throws<RespException>(() => Read(bytes, int.MaxValue)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_just_below_the_limit_is_read()
    {
        var body = new string('x', RespReader.MaxReplyBytes - 100);
        Assert.Equal($"${body}", Assert.Single(Read($"${body.Length}\r\n{body}\r\n", 1_000_000)));
    }

    [Fact]
    public void Many_small_parts_are_too_large_together()
    {
        // Each part fits; what was told of their number does, too.
        var part = $"${60_000}\r\n{new string('x', 60_000)}\r\n";
        var reader = new RespReader();
        Feed(reader, "*1000\r\n");
        Assert.Throws<RespException>(() => Enumerable.Range(0, 1000).Sum(_ => Feed(reader, part).Count));
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        var deepest = string.Concat(Enumerable.Repeat("*1\r\n", RespReader.MaxDepth)) + ":1\r\n";
        Assert.Equal("[[[[[[[[:1]]]]]]]]", Assert.Single(Read(deepest, 1000)));
        Assert.Contains("deeper than 8", Assert.Throws<RespException>(() => Read("*1\r\n" + deepest, 1000)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory() =>
        Assert.Contains("64 KiB", Assert.Throws<RespException>(() => Read("+" + new string('x', RespReader.MaxLineBytes + 1), 1000)).Message, StringComparison.Ordinal);

    [Fact]
    public void Whatever_is_sent_comes_out_again_in_any_division() => Prop.ForAll(
        Arb.From(Replies(3).ListOf()),
        Arb.From(Gen.Choose(1, 40)),
        (replies, step) => Read(string.Concat(replies.Select(Encode)), step).SequenceEqual(replies.Select(r => r.ToString()))).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_is_refused_or_waited_for_and_nothing_else() => Prop.ForAll(
        Arb.From(Gen.Elements("+-:$*0123456789\r\nxyz\0".ToCharArray()).ListOf()),
        Arb.From(Gen.Choose(1, 10)),
        (garbage, step) => Verdict(garbage, step) == Verdict(garbage, int.MaxValue)).QuickCheckThrowOnFailure();

    private static string Verdict(IEnumerable<char> garbage, int step)
    {
        try
        {
            return string.Join('|', Read(string.Concat(garbage), step));
        }
        catch (RespException)
        {
            return "refused";
        }
    }

    private static Gen<RespReply> Replies(int depth)
    {
        var bytes = Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(b => b.ToArray());
        var line = bytes.Select(b => b.Where(c => c is not ((byte)'\r' or (byte)'\n')).ToArray());
        Gen<RespReply>[] scalars =
        [
            Gen.Constant(RespReply.Nothing),
            line.Select(b => RespReply.Of(RespKind.Simple, b)),
            line.Select(b => RespReply.Of(RespKind.Error, b)),
            Gen.Choose(int.MinValue, int.MaxValue).Select(i => RespReply.Of((long)i * i * Math.Sign(i))),
            bytes.Select(b => RespReply.Of(RespKind.Bulk, b)),
        ];
        return depth == 0 ? Gen.OneOf(scalars) : Gen.OneOf([.. scalars, Replies(depth - 1).ListOf().Select(items => RespReply.Of([.. items]))]);
    }

    private static string Encode(RespReply reply) => reply.Kind switch
    {
        RespKind.Nothing => "$-1\r\n",
        RespKind.Bulk => $"${reply.Bytes.Length}\r\n{Encoding.Latin1.GetString(reply.Bytes)}\r\n",
        RespKind.Array => $"*{reply.Items.Count}\r\n{string.Concat(reply.Items.Select(Encode))}",
        RespKind.Simple or RespKind.Error or RespKind.Integer => $"{reply}\r\n",
    };

    private static List<string> Read(string bytes, int step)
    {
        var reader = new RespReader();
        List<string> replies = [];
        for (var at = 0; at < bytes.Length; at += Math.Min(step, bytes.Length - at))
        {
            replies.AddRange(Feed(reader, bytes.Substring(at, Math.Min(step, bytes.Length - at))));
        }

        return replies;
    }

    private static List<string> Feed(RespReader reader, string text)
    {
        List<string> replies = [];
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(text);
        while (!bytes.IsEmpty)
        {
            var room = reader.Room().Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            reader.Filled(count);
            while (reader.TryRead(out var reply))
            {
                replies.Add(reply.ToString());
            }
        }

        return replies;
    }
}
