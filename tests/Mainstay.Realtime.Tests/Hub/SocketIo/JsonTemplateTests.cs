using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.SocketIo;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

public sealed class JsonTemplateTests
{
    private const string From = """{"a":{"b":[1,"two"]},"n":7,"t":true,"x":null,"w":"w1"}""";

    [Theory]
    [InlineData("""{"k":1,"l":[null,"plain"]}""", """{"k":1,"l":[null,"plain"]}""")]
    [InlineData("\"{}\"", From)]
    [InlineData("\"{a.b}\"", """[1,"two"]""")]
    [InlineData("\"{a.b.1}\"", "\"two\"")]
    [InlineData("\"till:{w}/{n}-{t}\"", "\"till:w1/7-true\"")]
    [InlineData("""{"here":"{n}","gone":"{no.where}","null":"{x}"}""", """{"here":7}""")]
    [InlineData("\"{x|no|w}\"", "\"w1\"")]
    [InlineData("\"{x|=text}\"", "\"text\"")]
    [InlineData("\"no{x|=}thing\"", "\"nothing\"")]
    [InlineData("\"{{w}\"", "\"{w}\"")]
    [InlineData("""["{no}"]""", "[null]")]
    [InlineData("""{"...":"{a}","c":"{n}"}""", """{"b":[1,"two"],"c":7}""")]
    [InlineData("""{"b":2,"...":"{a}"}""", """{"b":2}""")]
    [InlineData("""{"...":"{w}"}""", "{}")]
    public void A_template_is_filled_from_what_is_there(string template, string filled) => Assert.Equal(filled, Filled(template));

    [Theory]
    [InlineData("\"a{no}\"")]
    [InlineData("\"a{a}\"")]
    [InlineData("\"a{x}\"")]
    public void A_text_with_a_hole_is_not_made(string template) => Assert.Throws<BadFieldException>(() => Filled(template));

    [Fact]
    public void A_brace_must_be_closed() => Assert.Throws<FormatException>(() => Filled("\"a{b\""));

    private static string Filled(string template)
    {
        using var from = JsonDocument.Parse(From);
        using var written = JsonDocument.Parse(template);
        using var filled = EventMessages.Fill(JsonTemplate.Parse(written.RootElement), from.RootElement);
        return filled.RootElement.GetRawText();
    }
}
