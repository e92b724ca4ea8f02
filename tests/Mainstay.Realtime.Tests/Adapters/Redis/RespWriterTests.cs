using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

public sealed class RespWriterTests
{
    [Fact]
    public void A_command_is_an_array_of_strings_with_their_lengths_in_bytes()
    {
        var to = new ArrayBufferWriter<byte>();
        RespWriter.WriteCommand(to, "AUTH", "", "pä\r\nss");
        Assert.Equal("*3\r\n$4\r\nAUTH\r\n$0\r\n\r\n$7\r\npä\r\nss\r\n", Encoding.UTF8.GetString(to.WrittenSpan));
    }

    [Fact]
    public void An_append_says_how_long_to_keep_and_never_how_many()
    {
        var to = new ArrayBufferWriter<byte>();
        XaddCommand.Write(to, new("audio", "k", [new("tenant", "ö"), new("seq", "1")], "audio", new byte[] { 0, 13, 10, 255 }), 1_732_000_000_123);
        Assert.Equal(
            "*12\r\n$4\r\nXADD\r\n$5\r\naudio\r\n$5\r\nMINID\r\n$1\r\n~\r\n$13\r\n1732000000123\r\n$1\r\n*\r\n$6\r\ntenant\r\n$2\r\nö\r\n$3\r\nseq\r\n$1\r\n1\r\n$5\r\naudio\r\n$4\r\n\0\r\n\xff\r\n",
            Encoding.Latin1.GetString(to.WrittenSpan).Replace("Ã¶", "ö", StringComparison.Ordinal));
    }

    [Fact]
    public void The_size_of_a_record_is_that_of_its_contents() =>
        Assert.Equal(5 + 3 + 2 + 5 + 4, XaddCommand.SizeOf(new("audio", "not sent", [new("seq", "ö")], "audio", new byte[4])));

    [Fact]
    public void Any_record_can_be_read_back() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(b => b.ToArray())),
        Arb.From(Gen.Elements("", "a", "\r\n", "ä€", "$5").ListOf()),
        (body, words) =>
        {
            var to = new ArrayBufferWriter<byte>();
            XaddCommand.Write(to, new("t", "k", [.. words.Select(w => KeyValuePair.Create(w, w + w))], "b", body), 7);
            var reader = new RespReader();
            to.WrittenSpan.CopyTo(reader.Room().Span);
            reader.Filled(to.WrittenCount);
            string[] sent = ["XADD", "t", "MINID", "~", "7", "*", .. words.SelectMany(w => new[] { w, w + w }), "b"];
            return reader.TryRead(out var command) && command.Items.SkipLast(1).Select(i => i.Text).SequenceEqual(sent) && command.Items[^1].Bytes.SequenceEqual(body) && !reader.HasUnfinished;
        }).QuickCheckThrowOnFailure();
}
