using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.SocketIo;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

public sealed class SocketPacketTextTests
{
    [Theory]
    [InlineData("0", "Connect / - 0 ")]
    [InlineData("""0{"token":"x"}""", """Connect / - 0 {"token":"x"}""")]
    [InlineData("""0/printing-ws,{"token":"x"}""", """Connect /printing-ws - 0 {"token":"x"}""")]
    [InlineData("0/admin", "Connect /admin - 0 ")]
    [InlineData("1/admin,", "Disconnect /admin - 0 ")]
    [InlineData("""2["a"]""", """Event / - 0 ["a"]""")]
    [InlineData("""2/n,12["a",{"b":[1]}]""", """Event /n 12 0 ["a",{"b":[1]}]""")]
    [InlineData("""2/,7["a"]""", """Event / 7 0 ["a"]""")]
    [InlineData("3/n,13[]", "Ack /n 13 0 []")]
    [InlineData("""52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", """BinaryEvent / - 2 ["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""")]
    [InlineData("""61-/n,456[{"_placeholder":true,"num":0}]""", """BinaryAck /n 456 1 [{"_placeholder":true,"num":0}]""")]
    public void A_packet_reads_as_the_protocol_says(string text, string packet)
    {
        var read = Read(text);
        Assert.NotNull(read);
        Assert.Equal(packet, $"{read.Kind} {read.Namespace} {read.Id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {read.Attachments} {Encoding.UTF8.GetString(read.Data.Span)}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("abc")]
    [InlineData("0[]")]
    [InlineData("0 1")]
    [InlineData("01")]
    [InlineData("1{}")]
    [InlineData("2")]
    [InlineData("2{}")]
    [InlineData("2[]")]
    [InlineData("2[1]")]
    [InlineData("""2["a" """)]
    [InlineData("""2["\ud800"]""")]
    [InlineData("3[]")]
    [InlineData("312")]
    [InlineData("""299999999999999999["a"]""")]
    [InlineData("""4{"message":"no"}""")]
    [InlineData("""5["a"]""")]
    [InlineData("""511-["a"]""")]
    [InlineData("""5-1-["a"]""")]
    [InlineData("2/n\u00e9,[\"a\"]")]
    public void What_is_no_packet_of_a_client_is_none(string text) => Assert.Null(Read(text));

    [Fact]
    public void A_packet_that_is_written_reads_as_it_was() => Prop.ForAll(
        Gen.Elements(SocketPacketKind.Connect, SocketPacketKind.Event, SocketPacketKind.Ack).ToArbitrary(),
        Gen.Elements("/", "/n", "/printing-ws").ToArbitrary(),
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        (kind, name, number) =>
        {
            var data = kind is SocketPacketKind.Connect ? "{\"a\":1}" : "[\"1,/2\",3]";
            long? id = kind is SocketPacketKind.Ack || (kind is SocketPacketKind.Event && number % 2 == 0) ? number : null;
            var frame = SocketPacketText.Frame(new(kind, name, id, Encoding.UTF8.GetBytes(data)));
            var read = SocketPacketText.Read(frame.AsMemory(1));
            return frame[0] == '4' && read is not null && (read.Kind, read.Namespace, read.Id, Encoding.UTF8.GetString(read.Data.Span)) == (kind, name, id, data);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_damaged_or_cut_packet_is_never_thrown_at_anybody()
    {
        var whole = Encoding.UTF8.GetBytes("""52-/printing-ws,77["a",{"_placeholder":true,"num":0},{"b":[{"_placeholder":true,"num":1}]}]""");
        Prop.ForAll(Gen.Choose(0, whole.Length).ToArbitrary(), Gen.Choose(0, whole.Length - 1).ListOf().ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (length, places, value) =>
        {
            var frame = whole.ToArray();
            foreach (var place in places.Take(3))
            {
                frame[place] = (byte)(value + place);
            }

            foreach (var text in (byte[][])[frame, frame[..length]])
            {
                if (SocketPacketText.Read(text) is { Attachments: > 0 } packet)
                {
                    var attachments = new Attachments(packet, 1000);
                    while (!attachments.IsComplete)
                    {
                        attachments.Add(new byte[] { 1, 2, 3 });
                    }

                    attachments.Whole();
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Attachments_take_their_places_as_base64_and_each_only_one()
    {
        Assert.Equal("""["a",{"x":"AQID"},"BA=="]""", Whole("""52-["a",{"x":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1}]"""));
        Assert.Null(Whole("""52-["a",{"_placeholder":true,"num":0}]"""));
        Assert.Null(Whole("""52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"""));
        Assert.Null(Whole("""52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":2}]"""));
        Assert.False(new Attachments(Read("""51-["a"]""")!, 30).Add(new byte[40]));
    }

    private static string? Whole(string text)
    {
        var attachments = new Attachments(Read(text)!, 1000);
        Assert.True(attachments.Add(new byte[] { 1, 2, 3 }));
        Assert.True(attachments.Add(new byte[] { 4 }));
        return attachments.Whole() is { } whole ? Encoding.UTF8.GetString(whole.Data.Span) : null;
    }

    private static SocketPacket? Read(string text) => SocketPacketText.Read(Encoding.UTF8.GetBytes(text));
}
