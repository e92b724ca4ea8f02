using System.Text;
using Mainstay.Realtime.Hub.Requests;
using static Mainstay.Realtime.Tests.Hub.Requests.Requests;

namespace Mainstay.Realtime.Tests.Hub.Requests;

public class PayloadHashTests
{
    private static PayloadHash Of(string data, string part = "receipts", string op = "print") => PayloadHash.Of(new(Till, part), op, Encoding.UTF8.GetBytes(data));

    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """ { "b" : [1, 2], "a" : 1 } """)]
    [InlineData("""{"x":{"p":1,"q":2}}""", """{"x":{"q":2,"p":1}}""")]
    [InlineData("""{"t":"A"}""", """{"t":"\u0041"}""")]
    public void Spaces_order_of_members_and_escapes_are_not_the_payload(string a, string b) => Assert.Equal(Of(a), Of(b));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""[1,2]""", """[2,1]""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""")]
    [InlineData("", "null")]
    public void What_a_device_could_read_differently_is_another_payload(string a, string b) => Assert.NotEqual(Of(a), Of(b));

    [Fact]
    public void Target_and_operation_belong_to_it()
    {
        Assert.NotEqual(Of("1"), Of("1", part: "labels"));
        Assert.NotEqual(Of("1"), Of("1", op: "open"));
    }
}
