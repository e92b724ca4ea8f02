using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>RFC 6455 on the wire, line by line, at the services themselves and through the edge.</summary>
public sealed class ConformanceTests(ConformanceStack stack) : IClassFixture<ConformanceStack>
{
    private const int AtOnce = 6;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly WireCase[] s_lines = [.. FrameCases.All, .. TextCases.All, .. CloseCases.All];

    [Theory]
    [InlineData("hub", false)]
    [InlineData("hub", true)]
    [InlineData("ingest", false)]
    [InlineData("ingest", true)]
    public Task Every_line_of_the_table_is_answered_as_it_says(string service, bool throughTheEdge) => AllAsync(service, throughTheEdge, s_lines, async (port, line, token) =>
    {
        var speaker = stack.Speaker(service);
        return ($"{line}", $"{line.AnswerOf(speaker)}", $"{await Conversation.RunAsync(port, speaker, line, token)}");
    });

    [Theory]
    [InlineData("hub", false)]
    [InlineData("hub", true)]
    [InlineData("ingest", false)]
    [InlineData("ingest", true)]
    public Task A_handshake_is_answered_by_what_is_wrong_with_it(string service, bool throughTheEdge) =>
        AllAsync(service, throughTheEdge, [.. HandshakeCase.All(stack.Speaker(service))], async (port, line, token) =>
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
            patience.CancelAfter(s_patience);
            using var socket = await RawSocket.ConnectAsync(port, patience.Token);
            await socket.WriteAsync(Encoding.ASCII.GetBytes(line.Text(stack.Speaker(service))), patience.Token);
            var (head, _) = await socket.ReadAnswerAsync(patience.Token);
            var status = head is [var first, ..] ? int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
            var shows = line.Shows.Length == 0 || head.Contains(line.Shows, StringComparer.OrdinalIgnoreCase);
            return (line.Change, $"{line.Status}", shows ? $"{status}" : $"{status} without {line.Shows}: {string.Join(" | ", head)}");
        });

    [Fact]
    public void The_table_for_readers_is_this_one() => Golden.MatchFile(Page(), Path.Combine(Repository.Root(), "docs", "wire", "websocket.md"));

    private async Task AllAsync<T>(string service, bool throughTheEdge, T[] lines, Func<int, T, CancellationToken, Task<(string Line, string Expected, string Answer)>> tryIt)
    {
        var port = throughTheEdge ? stack.EdgePort : await stack.PortAsync(service);
        ConcurrentBag<string> wrong = [];
        await Parallel.ForEachAsync(lines, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (one, token) =>
        {
            var (line, expected, answer) = await tryIt(port, one, token);
            if (answer != expected)
            {
                wrong.Add($"{line}: {answer}, not {expected}");
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private static string Page()
    {
        var page = new StringBuilder(ConformancePage.Head);
        foreach (var line in s_lines)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {line.Name} | {line.Sent} | {line.Answer}{(line.Differs.Length > 0 ? "; " + line.Differs : "")} |\n");
        }

        return page.Append(ConformancePage.BeforeHandshakes).AppendJoin("", HandshakeCase.All(new HubSpeaker("", "")).Select(h => $"| {h.Change} | {h.Status}{(h.Shows.Length > 0 ? $", `{h.Shows}`" : "")} |\n")).ToString();
    }
}
