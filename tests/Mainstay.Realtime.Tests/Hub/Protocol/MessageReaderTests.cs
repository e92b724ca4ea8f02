using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Rooms;

namespace Mainstay.Realtime.Tests.Hub.Protocol;

public class MessageReaderTests
{
    private static MessageRead Read(string text) => MessageReader.Read(Encoding.UTF8.GetBytes(text));

    private static T Message<T>(string text)
        where T : HubMessage => Assert.IsType<T>(Read(text).Message);

    private static string Json(ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);

    [Fact]
    public void A_request_has_its_defaults_filled_in_and_its_data_as_it_was_written()
    {
        var request = Message<HubMessage.Request>("""{"t":"req","id":"1","to":"device:till-1/receipts","op":"print","data":{"b": 1.0, "a":"\u00e9"},"key":"order-1","new":[1]}""");

        Assert.Equal(("1", "device:till-1/receipts", "print", "order-1"), (request.Id, request.To, request.Op, request.Key));
        Assert.Equal("""{"b": 1.0, "a":"\u00e9"}""", Json(request.Data));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)), (request.Ttl, request.Timeout));
        Assert.Null(request.Correlation);
    }

    [Fact]
    public void A_hello_says_who_it_is_and_where_it_was()
    {
        var hello = Message<HubMessage.Hello>("""{"t":"hello","token":"x.y","branch":"north","device":{"id":"till-1","version":"2.1","caps":["cancel"]},"resume":{"session":"s","offsets":{"orders":"e1:7"}}}""");

        Assert.Equal(("x.y", "north", "till-1"), (hello.Token, hello.Branch, hello.Device!.Id));
        Assert.Equal(["cancel"], hello.Device.Caps);
        Assert.Equal([new("orders", new RoomPosition("e1", 7))], hello.Resume!.Offsets);
        Assert.Equal(new HubMessage.Hello(null, null, null, null), Message<HubMessage.Hello>("""{"t":"hello","token":null}"""));
    }

    [Theory]
    [InlineData("""{"t":"sub","id":"1","room":"orders","since":"e1:3"}""")]
    [InlineData("""{"t":"unsub","id":"1","room":"orders"}""")]
    [InlineData("""{"t":"pub","id":"1","room":"orders","data":null}""")]
    [InlineData("""{"t":"cancel","id":"1","to":"device:d","key":"k"}""")]
    [InlineData("""{"t":"ack","id":"r.1"}""")]
    [InlineData("""{"t":"res","id":"r.1?","ok":true,"data":{"state":"none"}}""")]
    [InlineData("""{"t":"res","id":"r.1","ok":false,"error":{"code":"no_paper"}}""")]
    [InlineData("""{"t":"err","id":"r.1","code":"busy","message":"door open","temporary":true,"retry_ms":2000}""")]
    [InlineData("""{"t":"status","of":"printer:1/tray","data":{}}""")]
    [InlineData("""{"t":"watch","id":"1","of":"printer:*"}""")]
    [InlineData("""{"t":"ping","n":1}""")]
    [InlineData("""{"t":"pong"}""")]
    public void Every_kind_is_read(string text) => Assert.NotNull(Read(text).Message);

    [Theory]
    [InlineData("", "bad_message")]
    [InlineData("[]", "bad_message")]
    [InlineData("{}", "bad_message")]
    [InlineData("""{"t":1}""", "bad_message")]
    [InlineData("""{"t":"ping"} {}""", "bad_message")]
    [InlineData("""{"t":"\ud800"}""", "bad_message")]
    [InlineData("""{"t":"nonsense"}""", "unknown_kind")]
    [InlineData("""{"t":"sub","room":"orders"}""", "id must be 1 to 128 of A-Z a-z 0-9 . _ : -")]
    [InlineData("""{"t":"sub","id":"1","room":"a/b"}""", "room must be 1 to 128 of A-Z a-z 0-9 . _ : -")]
    [InlineData("""{"t":"sub","id":"1","room":"\ud800"}""", "room must be a string of 1 to 128 characters")]
    [InlineData("""{"t":"sub","id":"1","room":"r","since":"7"}""", "a position must be EPOCH:OFFSET")]
    [InlineData("""{"t":"pub","id":"1","room":"r"}""", "data must be there")]
    [InlineData("""{"t":"pub","id":"1","room":"r","data":["\udc00"]}""", "data must not have half a surrogate pair")]
    [InlineData("""{"t":"req","id":"1","to":"till","op":"print","key":"k"}""", "to must be device:ID or device:ID/PART")]
    [InlineData("""{"t":"req","id":"1","to":"device:d","op":"$status","key":"k"}""", "op must be a name; those with $ are the hub's own")]
    [InlineData("""{"t":"req","id":"1","to":"device:d","op":"print"}""", "key must be 1 to 128 of A-Z a-z 0-9 . _ : -")]
    [InlineData("""{"t":"req","id":"1","to":"device:d","op":"print","key":"k","ttl_ms":-1}""", "ttl_ms must be a whole number from 0 to 86400000")]
    [InlineData("""{"t":"req","id":"1","to":"device:d","op":"print","key":"k","timeout_ms":1.5}""", "timeout_ms must be a whole number from 1000 to 3600000")]
    [InlineData("""{"t":"res","id":"r.1"}""", "ok must be true or false")]
    [InlineData("""{"t":"res","id":"r.1","ok":false}""", "error must be there when ok is false, and only then")]
    [InlineData("""{"t":"status","of":"a b","data":1}""", "of must be 1 to 128 of A-Z a-z 0-9 . _ : - /")]
    [InlineData("""{"t":"hello","device":{"id":"d","caps":"cancel"}}""", "caps must be a list of at most 32 names")]
    [InlineData("""{"t":"hello","device":7}""", "device must be an object")]
    [InlineData("""{"t":"hello","resume":{"session":"s","offsets":{"\ud800":"e:1"}}}""", "offsets must be by names of rooms")]
    public void What_is_wrong_is_said_exactly(string text, string said)
    {
        var error = Read(text).Error!;
        Assert.Equal(said, error.Code is HubErrorCode.BadField ? error.Message : error.Code.Word());
    }

    [Fact]
    public void An_error_is_about_the_id_of_its_message()
    {
        Assert.Equal("7", Read("""{"t":"pub","id":"7","room":"r"}""").Error!.Id);
        Assert.Null(Read("""{"t":"pub","id":7,"room":"r","data":1}""").Error!.Id);
    }

    [Fact]
    public void Size_depth_and_encoding_are_bounded()
    {
        Assert.Equal(HubClose.TooBig, MessageReader.Read(new byte[MessageReader.MaxBytes + 1]).Close);
        Assert.Equal(HubClose.NotUtf8, MessageReader.Read(new byte[] { (byte)'{', 0xC3, 0x28 }).Close);
        Assert.NotNull(Read($$"""{"t":"pub","id":"1","room":"r","data":{{new string('[', 31)}}{{new string(']', 31)}}}""").Message);
        Assert.Equal(HubErrorCode.BadMessage, Read($$"""{"t":"pub","id":"1","room":"r","data":{{new string('[', 32)}}{{new string(']', 32)}}}""").Error!.Code);
    }

    [Fact]
    public void A_context_that_is_not_well_formed_is_dropped_and_the_job_is_done_all_the_same()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var good = Message<HubMessage.Publish>($$"""{"t":"pub","id":"1","room":"r","data":1,"corr":"c-1","tp":"{{trace}}"}""");
        Assert.Equal(("c-1", trace), (good.Correlation, good.Trace));
        var bad = Message<HubMessage.Publish>($$"""{"t":"pub","id":"1","room":"r","data":1,"corr":"c 1\n","tp":"{{trace.ToUpperInvariant()}}"}""");
        Assert.Equal((null, null), (bad.Correlation, bad.Trace));
    }

    [Fact]
    public void A_message_outlives_its_frame()
    {
        var frame = Encoding.UTF8.GetBytes("""{"t":"status","of":"a","data":"abc"}""");
        var message = Assert.IsType<HubMessage.Status>(MessageReader.Read(frame).Message);
        Array.Clear(frame);
        Assert.Equal("\"abc\"", Json(message.Data));
    }

    /// <summary>Whatever comes, there is exactly one answer and no exception.</summary>
    [Fact]
    public void A_damaged_message_is_answered_and_never_thrown_at_anybody()
    {
        var whole = Encoding.UTF8.GetBytes("""{"t":"hello","token":"x","device":{"id":"d","caps":["a"]},"resume":{"session":"s","offsets":{"r":"e:1"}},"id":"1","room":"r","data":{"a":["\u00e9",1]},"of":"k","ok":true}""");
        Prop.ForAll(Gen.Choose(0, whole.Length - 1).ListOf().ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (places, value) =>
        {
            foreach (var kind in (string[])["hello", "req  ", "pub  ", "res  ", "watch"])
            {
                var frame = whole.ToArray();
                Encoding.UTF8.GetBytes(kind).CopyTo(frame, 6);
                foreach (var place in places.Take(3))
                {
                    frame[place] = (byte)(value + place);
                }

                var read = MessageReader.Read(frame);
                if ((read.Message is null ? 0 : 1) + (read.Error is null ? 0 : 1) + (read.Close is null ? 0 : 1) != 1)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }
}
