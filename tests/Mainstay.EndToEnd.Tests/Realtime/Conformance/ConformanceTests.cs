using System.Collections.Concurrent;
using System.Globalization;
using Mainstay.EndToEnd.Tests.Support;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>RFC 6455 on the wire, line by line, at the services themselves and through the edge.</summary>
[Collection(nameof(Alone))]
public sealed class ConformanceTests(ConformanceStack stack) : IClassFixture<ConformanceStack>
{
    private const int AtOnce = 6;

    internal static WireCase[] Lines { get; } = [.. FrameCases.All, .. TextCases.All, .. CloseCases.All];

    [Theory]
    [InlineData("hub", false)]
    [InlineData("hub", true)]
    [InlineData("ingest", false)]
    [InlineData("ingest", true)]
    public async Task Every_line_of_the_table_is_answered_as_it_says(string service, bool throughTheEdge)
    {
        var port = throughTheEdge ? stack.EdgePort : await stack.PortAsync(service);
        ConcurrentBag<string> wrong = [];
        await Parallel.ForEachAsync(Lines, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (line, token) =>
        {
            var speaker = stack.Speaker(service);
            var (expected, answer) = (line.AnswerOf(speaker).ToString(), (await Conversation.RunAsync(port, speaker, line, token)).ToString());
            if (answer != expected)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{line}: {answer}, not {expected}"));
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }
}
