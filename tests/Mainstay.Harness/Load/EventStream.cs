using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Mainstay.Harness.Load;

/// <summary>What came of one server-sent event stream whose events are numbered from 1.</summary>
/// <param name="Complete">Every event came, in order, and then the end.</param>
/// <param name="LongestSilence">A buffering proxy shows here: its events come in lumps.</param>
public sealed record EventStreamReport(int Received, bool Complete, TimeSpan FirstAfter, TimeSpan LongestSilence, string? Broken);

/// <summary>Reads event streams the way a browser's EventSource does, but never reconnects.</summary>
public static class EventStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<EventStreamReport> ReadAsync(Uri url, int expected, CancellationToken cancel)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var (received, last, silence, first) = (0, Stopwatch.GetTimestamp(), TimeSpan.Zero, TimeSpan.Zero);
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return new(0, false, first, silence, $"answered {(int)response.StatusCode}");
            }

            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
            while (await lines.ReadLineAsync(cancel).AsTask().WaitAsync(Patience, TimeProvider.System, cancel) is { } line)
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    continue;
                }

                var pause = Stopwatch.GetElapsedTime(last);
                (first, silence) = received == 0 ? (pause, silence) : (first, pause > silence ? pause : silence);
                last = Stopwatch.GetTimestamp();
                if (int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture) != ++received)
                {
                    return new(received, false, first, silence, $"event {line} came as number {received}");
                }
            }

            return new(received, received == expected, first, silence, received == expected ? null : $"ended after {received} of {expected} events");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            return new(received, false, first, silence, e.Message);
        }
    }
}
