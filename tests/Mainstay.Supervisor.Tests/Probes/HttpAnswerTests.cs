using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Supervisor.Probes;

namespace Mainstay.Supervisor.Tests.Probes;

public class HttpAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", 200, "hello world")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno", 503, "no")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.0 200\r\ncontent-LENGTH:0\r\n\r\n", 200, "")]
    public void An_answer_is_read_however_it_comes_in_pieces(string text, int status, string body)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.NotEqual(HttpParseState.NotHttp, HttpAnswer.Parse(bytes.AsSpan(0, length), ended: false).State);
        }

        var (state, answer) = HttpAnswer.Parse(bytes, ended: false);
        Assert.Equal(HttpParseState.Done, state);
        Assert.Equal((status, body), (answer!.Status, Encoding.ASCII.GetString(answer.Body.Span)));
    }

    [Fact]
    public void Without_a_length_the_body_goes_on_to_the_end()
    {
        var bytes = "HTTP/1.1 200 OK\r\n\r\nhello"u8;
        Assert.Equal(HttpParseState.Incomplete, HttpAnswer.Parse(bytes, ended: false).State);
        Assert.Equal("hello"u8, HttpAnswer.Parse(bytes, ended: true).Answer!.Body.Span);
    }

    [Fact]
    public void A_body_that_is_too_long_is_cut()
    {
        var answer = HttpAnswer.Parse(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + new string('x', 70_000)), ended: false);
        Assert.Equal((HttpParseState.Done, HttpAnswer.MaxBody), (answer.State, answer.Answer!.Body.Length));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    public void What_is_not_HTTP_is_told_at_once(string text) =>
        Assert.Equal(HttpParseState.NotHttp, HttpAnswer.Parse(Encoding.ASCII.GetBytes(text), ended: false).State);

    [Fact]
    public void No_bytes_make_it_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ToArbitrary(), (noise, head) =>
        {
            byte[] bytes = [.. Encoding.ASCII.GetBytes(head), .. noise];
            return HttpAnswer.Parse(bytes, ended: true).State is not HttpParseState.Incomplete && HttpAnswer.Parse(bytes, ended: false).State >= 0;
        }).QuickCheckThrowOnFailure();
}
