using System.Text;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Status;
using Mainstay.Testing;
using static Mainstay.Realtime.Tests.Hub.Requests.Requests;

namespace Mainstay.Realtime.Tests.Hub.Protocol;

public class MessageWriterTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Everything_that_the_hub_says_reads_as_agreed()
    {
        var sent = In(RequestPhase.Sent) with { Spec = Asked() with { Trace = Trace } };
        var resume = new RoomResume(true, new("e1", 7), []);
        byte[][] frames =
        [
            MessageWriter.Welcome("s1", true, "Device:till-1@north", [("orders", resume)], TimeSpan.FromSeconds(15), Now),
            MessageWriter.Ok("1"),
            MessageWriter.Subscribed("1", resume),
            MessageWriter.Published("1", new("e1", 8)),
            MessageWriter.Event("orders", "e1", new(8, Now, Encoding.UTF8.GetBytes("""{"a" : 1.0}"""), null, "c1", Trace)),
            MessageWriter.Request(sent, Now),
            MessageWriter.Question(sent),
            MessageWriter.Cancel(sent),
            .. Enum.GetValues<RequestPhase>().Select(p => MessageWriter.Update("1", In(p))),
            MessageWriter.State([new("printer:1", Encoding.UTF8.GetBytes("""{"paper":"low"}"""), Now, true), new("printer:2", Encoding.UTF8.GetBytes("null"), Now, false)]),
            .. Enum.GetValues<HubErrorCode>().Select(c => MessageWriter.Error(new(c, "what must be", "1", c.IsTemporary() ? TimeSpan.FromMilliseconds(1.2) : null))),
            MessageWriter.Drain(TimeSpan.FromSeconds(2), "the hub restarts"),
            MessageWriter.Ping(1),
            MessageWriter.Pong(1),
        ];
        Golden.Match(string.Join('\n', frames.Select(Encoding.UTF8.GetString)) + "\n", "messages.txt");
    }

    [Theory]
    [InlineData("""{"t":"ack","id":"r1.2"}""", "Acked 2")]
    [InlineData("""{"t":"ack","id":"r1.2?"}""", null)]
    [InlineData("""{"t":"ack","id":"r1"}""", null)]
    [InlineData("""{"t":"ack","id":"r1.0"}""", null)]
    [InlineData("""{"t":"ack","id":"r1.99999999999"}""", null)]
    [InlineData("""{"t":"res","id":"r1.2","ok":true,"data":{"pages":1}}""", "Succeeded 2 {\"pages\":1}")]
    [InlineData("""{"t":"res","id":"r1.2","ok":true}""", "Succeeded 2")]
    [InlineData("""{"t":"res","id":"r1.2","ok":false,"error":{"code":"no_paper","message":"x"}}""", "Failed 2 no_paper")]
    [InlineData("""{"t":"res","id":"r1.2","ok":false,"error":{"code":"canceled"}}""", "CanceledByDevice 2 canceled")]
    [InlineData("""{"t":"err","id":"r1.2","code":"busy","temporary":true,"retry_ms":5}""", "Busy 2")]
    [InlineData("""{"t":"err","id":"r1.2","code":"unknown_op"}""", "Failed 2 unknown_op")]
    [InlineData("""{"t":"err","id":"r1.2?","code":"unknown_op"}""", "StatusNotKnown 2")]
    [InlineData("""{"t":"err","id":"r1.2?","code":"busy","temporary":true}""", null)]
    [InlineData("""{"t":"res","id":"r1.2?","ok":false,"error":{"code":"unknown_op"}}""", "StatusNotKnown 2")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"none"}}""", "StatusNone 2")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"accepted"}}""", "Acked 2")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"done","data":[1]}}""", "Succeeded 2 [1]")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"failed","error":{"code":"jam"}}}""", "Failed 2 jam")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"failed","error":{"code":"canceled"}}}""", "CanceledByDevice 2 canceled")]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":"failed"}}""", null)]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":{"state":7}}""", null)]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true,"data":"none"}""", null)]
    [InlineData("""{"t":"res","id":"r1.2?","ok":true}""", null)]
    [InlineData("""{"t":"ping"}""", null)]
    public void What_a_device_says_of_a_request_is_an_event_or_nothing(string text, string? said)
    {
        var answer = DeviceAnswer.Read(MessageReader.Read(Encoding.UTF8.GetBytes(text)).Message!);
        Assert.Equal(said, answer is { } a ? $"{a.Event.Kind} {a.Event.Try} {a.Event.Outcome?.Code ?? Encoding.UTF8.GetString(a.Event.Outcome is { } o ? o.Data.Span : default)}".TrimEnd() : null);
        Assert.True(answer is null || answer.Value.Id == new RequestId("r1"));
    }

    [Fact]
    public void Ids_on_the_wire_come_back_as_they_went()
    {
        var request = In(RequestPhase.Sent) with { Id = new("a.b.3") };
        Assert.Equal((request.Id, request.Try), DeviceAnswer.Read(new HubMessage.Ack(DeviceAnswer.WireId(request))) is { } a ? (a.Id, a.Event.Try) : default);
    }

    [Fact]
    public void The_page_of_the_protocol_has_every_code()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root(), "docs/wire/hub.md"));
        Assert.All(Enum.GetValues<HubErrorCode>(), c => Assert.Contains($"`{c.Word()}`", page, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<HubErrorCode>(), c => Assert.Matches($@"\|[^|\n]*`{c.Word()}`[^|\n]*\| {c.HttpStatus()} \| {(c.IsTemporary() ? "yes" : "no")} \|", page));
        Assert.All(Enum.GetValues<RequestPhase>(), p => Assert.Matches($@"\|[^|\n]*`{p.Word()}`[^|\n]*\| {p.HttpStatus()}", page));
        Assert.All(Enum.GetValues<HubClose>(), c => Assert.Contains($"{(int)c}", page, StringComparison.Ordinal));
    }
}
