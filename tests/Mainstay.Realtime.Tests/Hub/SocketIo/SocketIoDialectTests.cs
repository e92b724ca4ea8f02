using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Serving;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

/// <summary>What frames of a client mean, and what a client gets for messages of the hub. <c>&gt;</c> is said by the client, <c>&lt;</c> by the hub; each is followed by what became of it.</summary>
public sealed class SocketIoDialectTests
{
    private const string Welcome = """{"t":"welcome","session":"s1","resumed":false,"client":"x","rooms":[],"ping_ms":20000,"max_bytes":262144,"now":1000}""";

    private static readonly string[] s_till =
    [
        """>40/printing-ws,{"licenseKey":"kkk","branchId":7,"companyId":1,"deviceId":"till-1","instanceId":"i","userRole":"desktop_app","appVersion":"1.2"}""",
        "<" + Welcome,
        """<{"t":"req","id":"r1.1","to":"device:till-1/p1","op":"print:physical","data":{"lines":["a"],"printerId":"p9"},"key":"k1","ttl_ms":1,"timeout_ms":60000,"corr":"c"}""",
        """>43/printing-ws,0[{"success":true,"pages":1}]""",
        """>43/printing-ws,0[{"success":true,"pages":1}]""",
        """<{"t":"req","id":"r2.1","to":"device:till-1","op":"print:job","key":"k2","ttl_ms":1,"timeout_ms":60000,"corr":"c"}""",
        """>42/printing-ws,["print:job:started",{"correlationId":"r2.1"}]""",
        """>42/printing-ws,["print:job:failed",{"correlationId":"r2.1","error":"no paper"}]""",
        """>43/printing-ws,1["what?"]""",
        """<{"t":"req","id":"r2.1?","to":"device:till-1","op":"$status","data":{"key":"k2"},"corr":"c"}""",
        """<{"t":"req","id":"r3.1","to":"device:till-1","op":"dance","key":"k3","ttl_ms":1,"timeout_ms":60000,"corr":"c"}""",
        """>42/printing-ws,["printer:test:result",{"correlationId":"r4.1","success":true,"error":null}]""",
        """>42/printing-ws,["printer:test:result",{"correlationId":"r4.1","success":false,"error":{"message":"jam"}}]""",
        """>42/printing-ws,["printer:test:result",{"correlationId":"r4.1"}]""",
        """>42/printing-ws,["printer:status:update",{"printerId":12,"status":"ready"}]""",
        """>42/printing-ws,5["printer:status:update",{"printerId":"p1","status":"ready"}]""",
        """>42/printing-ws,["printer:discovered",{"printers":[{"id":"p1"},{"id":"p2"}]}]""",
        """>42/printing-ws,["printer:discovered",{"printers":[]}]""",
        """>42/printing-ws,["desktop:status",{}]""",
        """>42/printing-ws,6["no:such:event"]""",
        """>42["printer:status:update",{"printerId":"p1"}]""",
        """>40/other,{}""",
        """<{"t":"err","code":"too_large","message":"m","temporary":false}""",
        """<{"t":"drain","retry_ms":250,"reason":"restart"}""",
        ">2", ">3", ">6", ">5", ">41/printing-ws,", ">1",
    ];

    private static readonly string[] s_page =
    [
        """>40/printing-ws,{"token":"a.b.c","licenseKey":null,"branchId":"north","userRole":"branch_manager"}""",
        "<" + Welcome,
        """<{"t":"ok","id":"start:0"}""",
        """<{"t":"err","id":"start:1","code":"forbidden","message":"m","temporary":false}""",
        """<{"t":"state","items":[{"of":"printer:p1","data":{"printerId":"p1","isOnline":"?"},"at":5,"online":true},{"of":"till:1","data":1,"at":6,"online":false},{"of":"device:x","data":null,"at":7,"online":false}]}""",
        """<{"t":"evt","room":"jobs","epoch":"e","offset":1,"data":{"jobId":"j"},"corr":"c"}""",
        """<{"t":"evt","room":"other","epoch":"e","offset":1,"data":1,"corr":"c"}""",
        """>42/printing-ws,9["join:branch","whatever"]""",
        """<{"t":"ok","id":"sio:1","epoch":"e","offset":3,"recovered":false}""",
        """>42/printing-ws,10["print:physical",{"deviceId":"till-1","printerId":"p1","jobId":4711}]""",
        """<{"t":"upd","id":"sio:2","request":"r1","state":"sent","because":"b","corr":"c"}""",
        """<{"t":"upd","id":"sio:2","request":"r1","state":"done","data":1,"because":"b","corr":"c"}""",
        """<{"t":"upd","id":"sio:2","request":"r1","state":"done","data":1,"because":"b","corr":"c"}""",
        """>42/printing-ws,11["print:physical",{"printerId":"p1","jobId":4711}]""",
        """>42/printing-ws,12["print:physical",{"deviceId":"till-1","printerId":"p1"}]""",
        """>452-/printing-ws,13["print:raw",{"deviceId":"till-1","printerId":"p1","jobId":"j","bytes":{"_placeholder":true,"num":1},"more":{"_placeholder":true,"num":0}}]""",
        "=AQID", "=BAUG", "=BAUG",
    ];

    private static readonly string[] s_bare =
    [
        """>42["hub",{"t":"ping"}]""",
        ">40",
        "<" + Welcome,
        """>42["hub",{"t":"ping","n":5}]""",
        """<{"t":"pong","n":5}""",
        """>421["hub",{"t":"sub","id":"mine","room":"r"}]""",
        """<{"t":"ok","id":"mine","epoch":"e","offset":3,"recovered":false}""",
        """>422["hub",{"t":"pub","room":"r"}]""",
        """>423["hub",{"t":"status","of":"p","data":1}]""",
        """>424["hub",5]""",
        """>425["hub"]""",
        """<{"t":"req","id":"r1.1","to":"device:till-1","op":"print","key":"k1","ttl_ms":1,"timeout_ms":60000,"corr":"c"}""",
        """>430[{"ok":false,"error":{"code":"jam","message":"m"}}]""",
        """<{"t":"req","id":"r1.1?","to":"device:till-1","op":"$status","data":{"key":"k1"},"corr":"c"}""",
        """>431[{"ok":true,"data":{"state":"none"}}]""",
        """<{"t":"drain","retry_ms":250,"reason":"restart"}""",
        "=AQID",
    ];

    [Fact]
    public void Frames_and_events_mean_what_the_page_on_the_wire_says()
    {
        var (map, faults) = EventMapFile.Open(EventMapFileTests.Printing);
        Assert.Empty(faults);
        Golden.Match(
            Told("a till", new(map, "e1", new(new(), TimeProvider.System)), IdentityKind.Device, s_till)
            + Told("a page", new(map, "e1", new(new(), TimeProvider.System)), IdentityKind.Web, s_page)
            + Told("no map", new(null, "e1", new(new(), TimeProvider.System)), IdentityKind.Device, s_bare),
            "dialect.txt");
    }

    [Fact]
    public void A_damaged_frame_is_answered_and_never_thrown_at_anybody()
    {
        var map = EventMapFile.Open(EventMapFileTests.Printing).Map;
        var whole = s_till.Concat(s_page).Where(l => l[0] == '>').Select(l => Encoding.UTF8.GetBytes(l[1..])).ToArray();
        Prop.ForAll(Gen.Choose(0, whole.Length - 1).ListOf(6).ToArbitrary(), Gen.Choose(0, 200).ListOf(6).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (frames, places, value) =>
        {
            var dialect = new SocketIoDialect(map, "e1", new(new(), TimeProvider.System));
            dialect.Write(Encoding.UTF8.GetBytes(Welcome));
            foreach (var (index, place) in frames.Zip(places))
            {
                var frame = whole[index].ToArray();
                frame[place % frame.Length] = (byte)value;
                dialect.Read(new(MessageKind.Text, frame));
                dialect.Read(new(MessageKind.Text, frame.AsMemory(0, place % frame.Length)));
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_too_deep_for_a_message_is_a_bad_message()
    {
        var dialect = new SocketIoDialect(EventMapFile.Open(EventMapFileTests.Printing).Map, "e1", new(new(), TimeProvider.System));
        dialect.Write(Encoding.UTF8.GetBytes(Welcome));
        var verdicts = Enumerable.Range(20, 20).Select(depth =>
        {
            var read = dialect.Read(new(MessageKind.Text, Encoding.UTF8.GetBytes("42/printing-ws,[\"printer:status:update\",{\"printerId\":1,\"a\":" + new string('[', depth) + new string(']', depth) + "}]")));
            return read.Error?.Code;
        }).ToArray();
        Assert.Equal([null, HubErrorCode.BadMessage], verdicts.Distinct());
    }

    [Fact]
    public void So_many_events_wait_for_their_ack_and_one_more_is_refused()
    {
        var dialect = new SocketIoDialect(null, "e1", new(new(), TimeProvider.System));
        dialect.Write(Encoding.UTF8.GetBytes(Welcome));
        for (var i = 0; i < WaitingAcks.Max; i++)
        {
            Assert.Single(dialect.Read(new(MessageKind.Text, Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""42{{i}}["hub",{"t":"sub","room":"r"}]""")))).Messages);
        }

        var refused = dialect.Read(new(MessageKind.Text, """429999["hub",{"t":"sub","room":"r"}]"""u8.ToArray()));
        Assert.Equal(HubErrorCode.TooManyRequests, refused.Error!.Code);
        Assert.StartsWith("439999[{\"t\":\"err\"", Encoding.UTF8.GetString(dialect.Write(MessageWriter.Error(refused.Error)).Frames.Single().Span), StringComparison.Ordinal);
    }

    private static string Told(string title, SocketIoDialect dialect, IdentityKind kind, string[] lines)
    {
        var text = new StringBuilder($"# {title}\n");
        text.Append(string.Concat(dialect.First.Select(f => $"    -> {Encoding.UTF8.GetString(f.Span)}\n")));
        var who = Identity.In(new(kind, "till-1", [new("north")], [], [], [], []), null)!;
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
            if (line[0] == '<')
            {
                Add(text, dialect.Write(Encoding.UTF8.GetBytes(line[1..])));
                continue;
            }

            var read = dialect.Read(line[0] == '=' ? new(MessageKind.Binary, Convert.FromBase64String(line[1..])) : new(MessageKind.Text, Encoding.UTF8.GetBytes(line[1..])));
            foreach (var message in read.Messages)
            {
                text.Append("    ").Append(Shown(message)).Append('\n');
                if (message is HubMessage.Hello hello)
                {
                    text.Append("    agreed: ").Append(Shown(dialect.Agree(hello, who))).Append('\n');
                    text.Append(string.Concat(dialect.Start(who).Select(m => $"    start: {Shown(m)}\n")));
                }
            }

            text.Append(string.Concat(read.Replies.Select(f => $"    -> {Encoding.UTF8.GetString(f.Span)}\n")));
            text.Append(read.Close is { } close ? $"    close {(int)close}\n" : "").Append(read.IsEnd ? "    end\n" : "");
            if (read.Error is { } error)
            {
                Add(text.Append("    bad: "), dialect.Write(MessageWriter.Error(error)));
            }
        }

        foreach (var code in (HubClose[])[HubClose.Replaced, HubClose.Unauthorized, HubClose.Restart, HubClose.ReadsTooSlowly])
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"close {(int)code}\n").Append(string.Concat(dialect.Farewell(code, "why").Select(f => $"    -> {Encoding.UTF8.GetString(f.Span)}\n")));
        }

        return text.Append('\n').ToString();
    }

    private static void Add(StringBuilder text, FrameWritten written)
    {
        text.Append(string.Concat(written.Frames.Select(f => $"    -> {Encoding.UTF8.GetString(f.Span)}\n")));
        text.Append(string.Concat(written.Own.Select(m => $"    as if it said {Shown(m)}\n")));
    }

    private static string Shown(HubMessage? message) => message switch
    {
        null => "nothing: not allowed",
        HubMessage.Hello m => $"hello {m.Token} branch {m.Branch} device {m.Device?.Id} {m.Device?.Kind} {m.Device?.Version}",
        HubMessage.Status m => $"status {m.Of} {Encoding.UTF8.GetString(m.Data.Span)}",
        HubMessage.Request m => $"req {m.Id} {m.To} {m.Op} {m.Key} {m.Ttl} {m.Timeout} {Encoding.UTF8.GetString(m.Data.Span)}",
        HubMessage.Result m => $"res {m.Id} {m.Ok} {Encoding.UTF8.GetString(m.Data.Span)} {m.Error}",
        HubMessage.Publish m => $"pub {m.Id} {m.Room} {Encoding.UTF8.GetString(m.Data.Span)}",
        _ => message.ToString(),
    };
}
