using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;

namespace Mainstay.Cli.Tests.Connection;

public sealed class SocketHttpTests : CommandTest
{
    [Fact]
    public void A_body_is_the_same_however_it_is_cut_into_chunks_and_reads() => Prop.ForAll(
        Gen.Choose(1, 40).ArrayOf().ToArbitrary(),
        Gen.Choose(1, 50).ToArbitrary(),
        (int[] chunks, int read) =>
        {
            var expected = string.Concat(chunks.Select((size, i) => new string((char)('a' + (i % 26)), size)));
            var wire = string.Concat(chunks.Select((size, i) => $"{size:X};note\r\n{new string((char)('a' + (i % 26)), size)}\r\n")) + "0\r\n\r\n";
            return ReadAll(wire, null, chunked: true, read) == expected
                && ReadAll(expected + "more", expected.Length, chunked: false, read) == expected
                && ReadAll(expected, null, chunked: false, read) == expected;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("5\r\nab")]
    [InlineData("5\r\nabcde\r\n")]
    [InlineData("")]
    public async Task A_chunked_body_that_breaks_off_is_noticed(string wire)
    {
        using var body = new BodyStream(new BufferedReader(new MemoryStream(Encoding.ASCII.GetBytes(wire))), null, chunked: true);

        await Assert.ThrowsAsync<EndOfStreamException>(() => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("zz\r\nab\r\n")]
    [InlineData("-1\r\nab\r\n")]
    [InlineData("ffffffffffffffffff\r\nab\r\n")]
    public async Task Malformed_chunks_are_an_error(string wire)
    {
        using var body = new BodyStream(new BufferedReader(new MemoryStream(Encoding.ASCII.GetBytes(wire))), null, chunked: true);

        await Assert.ThrowsAsync<IOException>(() => body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\"x\"")]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops")]
    public async Task Nonsense_from_the_socket_is_said_and_never_thrown(string answer)
    {
        await using var daemon = FakeDaemon.Start(Home, exchange => exchange.WriteAsync(answer));

        var result = await RunAsync("status");

        Assert.NotEqual(0, result.Code);
        Assert.StartsWith("mainstay: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_cut_off()
    {
        await using var daemon = FakeDaemon.Start(Home, exchange => exchange.WriteAsync("HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000) + "\r\n"));

        var result = await RunAsync("status");

        Assert.NotEqual(0, result.Code);
        Assert.Contains("head is longer than", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_come_whole_however_they_were_sent()
    {
        var text = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"{{\"i\":{i},\"x\":\"{new string('x', i * 37 % 5000)}\"}}"));
        var reader = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text + "\n\n  \r\n{\"cut\":")));
        var lines = new List<string>();
        while (await reader.NextAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        Assert.Equal(text.Split('\n'), lines);
    }

    [Fact]
    public async Task Events_are_shown_with_their_reasons_and_followed_across_daemons()
    {
        using var interrupt = new CancellationTokenSource();
        Interrupted = interrupt.Token;
        var first = FakeDaemon.Start(Home, exchange => EventsAsync(exchange, 7, end: true));
        using var output = new StringWriter();
        var command = CliRole.RunAsync(["events", "-f", "--json"], HostFor(output, TextWriter.Null));
        await first.Asked("GET /v1/events?after=0&limit=50&follow=true");
        await first.DisposeAsync();
        await using var second = FakeDaemon.Start(Home, exchange => EventsAsync(exchange, 8, end: false));

        await second.Asked("GET /v1/events?after=7&limit=2147483647&follow=true");
        await interrupt.CancelAsync();

        Assert.Equal(0, await command);
        Assert.Contains("\"id\":7", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_one_line_each()
    {
        await using var daemon = FakeDaemon.Start(Home, exchange => EventsAsync(exchange, 7, end: true));

        var result = await RunAsync("events", "-n", "5");

        Assert.Equal(0, result.Code);
        Assert.EndsWith(" instance.exited api-1: exited with code 1\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("GET /v1/events?after=0&limit=5&follow=false", daemon.Requests);
    }

    private static async Task EventsAsync(FakeExchange exchange, long id, bool end)
    {
        await exchange.BeginStreamAsync();
        await exchange.LineAsync(new(id, new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), "instance.exited", "api", "api-1", "exited with code 1"), WireJson.Default.EventRecord);
        if (!end)
        {
            await Task.Delay(Timeout.Infinite, exchange.Killed);
        }

        await exchange.EndStreamAsync();
    }

    private static string ReadAll(string wire, long? length, bool chunked, int readSize)
    {
        using var body = new BodyStream(new BufferedReader(new MemoryStream(Encoding.ASCII.GetBytes(wire))), length, chunked);
        var all = new MemoryStream();
        var buffer = new byte[readSize];
        while (true)
        {
            // The stream underneath is in memory, so every read is complete when it returns.
            var count = body.ReadAsync(buffer).AsTask().GetAwaiter().GetResult();
            if (count == 0)
            {
                return Encoding.ASCII.GetString(all.ToArray());
            }

            all.Write(buffer, 0, count);
        }
    }
}
