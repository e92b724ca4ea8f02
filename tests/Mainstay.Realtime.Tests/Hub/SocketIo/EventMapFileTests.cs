using System.Text;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

public sealed class EventMapFileTests
{
    public static string Printing => Path.Combine(Repository.Root(), "tests/Mainstay.Realtime.Tests/Hub/SocketIo/printing-map.json");

    [Fact]
    public void The_map_of_the_example_is_right()
    {
        var (map, faults) = EventMapFile.Open(Printing);
        Assert.Empty(faults);
        Assert.Equal("/printing-ws", map!.Namespace);
        Assert.Equal(["print:job", "print:physical", "print:raw", "printer:test"], map.Requests.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{\n  \"in\": }", "names m.json:2:9, where the JSON ends to be JSON")]
    [InlineData("[]", "names m.json: the map must be an object")]
    [InlineData("""{"inn":{}}""", "names m.json: the map.inn is not known; there are namespace, hello, role, roles, start, in, out")]
    [InlineData("""{"in":{},"in":{}}""", "names m.json: the map.in is there twice")]
    [InlineData("""{"namespace":"a,b"}""", "names m.json: namespace must be a text that begins with a slash and has no comma or question mark")]
    [InlineData("""{"roles":{"boss":"root"}}""", "names m.json: roles.boss must be web, device or backend")]
    [InlineData("""{"in":{"a":{"t":"hello"}}}""", "names m.json: in.a must be a message with t, one of sub, unsub, pub, req, cancel, ack, res, err, status, watch")]
    [InlineData("""{"in":{"a":{"t":"sub","room":"{x"}}}""", "names m.json: in.a is no template: the brace in \"{x\" is not closed")]
    [InlineData("""{"in":{"a":{"t":"sub","each":"x"}}}""", "names m.json: in.a.each must be a place in braces")]
    [InlineData("""{"start":{"web":[{"t":"sub","room":"a/b"}]}}""", "names m.json: start.web.0 is no message: room must be 1 to 128 of A-Z a-z 0-9 . _ : -")]
    [InlineData("""{"start":{"web":[{"t":"ping"}]}}""", "names m.json: start.web.0 must be a message sub or watch")]
    [InlineData("""{"out":{"upd":{"event":"disconnect"}}}""", "names m.json: out.upd.event must be an event's name, and none of the library's own")]
    [InlineData("""{"out":{"req":{"p":{"event":"p","accepts":"never"}}}}""", "names m.json: out.req.p.accepts must be event or sending")]
    [InlineData("""{"out":{"evt":[{"event":"p"}]}}""", "names m.json: out.evt.0.room must be a name, or a beginning with a star behind it")]
    [InlineData("""{"out":{"state":[{"of":"a*","event":"p","args":{}}]}}""", "names m.json: out.state.0.args must be a list")]
    public void A_map_that_is_not_right_is_told_with_its_place(string json, string fault) =>
        Assert.Equal([fault], EventMapFile.Read(Encoding.UTF8.GetBytes(json), "m.json").Faults);

    [Fact]
    public void A_hub_does_not_start_with_a_map_that_is_not_there()
    {
        var (_, problems) = HubOptions.Read(new Dictionary<string, string> { ["PORT"] = "1", ["MAINSTAY_DATA"] = "/tmp", ["JWT_SECRET"] = new string('s', 40), ["HUB_SOCKETIO_MAP"] = "/no/map.json" });
        Assert.Contains(problems, p => p.StartsWith("HUB_SOCKETIO_MAP names a file that does not exist\n  fix: ", StringComparison.Ordinal));
    }
}
