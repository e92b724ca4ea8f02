using System.Text;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Tests.Ingest.Dialects;

/// <summary>Messages that something on the way has bitten into: the call goes on, and the counters tell what became of each.</summary>
public sealed class TelephonyFuzzTests
{
    private const int Messages = 10_000;

    private static readonly Dialect[] s_dialects = [Dialect.Exotel, Dialect.Twilio, Dialect.Telnyx];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_messages_that_were_cut_short_each_is_counted_and_all_others_come_out_in_order(int seed)
    {
        var random = new Random(seed);
        var dialect = s_dialects[seed % 3];
        var counters = new DialectCounters(dialect);
        var inbox = new CallInbox(dialect, null, counters);
        var (heard, good, cut) = (new List<long>(), 0, 0);
        for (var i = 0; i < Messages; i++)
        {
            var message = DialectMessages.Media(dialect, good + 1, BitConverter.GetBytes((long)good));
            if (random.Next(2) == 0)
            {
                cut++;
                message = message[..random.Next(message.Length)];
            }
            else
            {
                good++;
            }

            heard.AddRange(Heard(inbox.Offer(message, TimeSpan.Zero)));
        }

        Assert.Equal(Enumerable.Range(0, good).Select(n => (long)n), heard);
        Assert.Equal((cut, 0, 0, 0), (counters.Malformed, counters.Duplicates, counters.Late, counters.Missing));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_bytes_are_changed_every_message_is_accounted_for_and_the_stream_goes_on(int seed)
    {
        var random = new Random(seed);
        var dialect = s_dialects[seed % 3];
        var counters = new DialectCounters(dialect);
        var inbox = new CallInbox(dialect, null, counters);
        var released = 0L;
        for (var i = 0; i < Messages; i++)
        {
            released += Count(inbox.Offer(Changed(DialectMessages.Media(dialect, i + 1, [1, 2, 3, 4]), random), TimeSpan.FromMilliseconds(i * 20)));
            released += Count(inbox.Tick(TimeSpan.FromMilliseconds(i * 20)));
        }

        var before = released;
        for (var i = Messages; i < Messages + 2000; i++)
        {
            released += Count(inbox.Offer(DialectMessages.Media(dialect, i + 1, [1, 2, 3, 4]), TimeSpan.FromMilliseconds(i * 20)));
        }

        var (after, atEnd) = (released - before, Count(inbox.End()));
        Assert.Equal(Messages + 2000, released + atEnd + counters.Malformed + counters.Duplicates);
        Assert.InRange(after + atEnd, 1990, 2010);
    }

    private static List<long> Heard(IReadOnlyList<Released<TelephonyMessage>> released) =>
        [.. released.Select(r => r.Message).OfType<TelephonyMessage.Media>().Select(m => BitConverter.ToInt64(m.Audio.Span))];

    private static long Count(IReadOnlyList<Released<TelephonyMessage>> released) => released.Count(r => r.Message is not null);

    private static byte[] Changed(byte[] message, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                break;
            case 1:
                message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                var at = random.Next(message.Length);
                return [.. message[..at], .. message[random.Next(at, message.Length)..]];
            case 3:
                var from = random.Next(message.Length);
                return [.. message[..from], .. message[random.Next(from + 1)..]];
            default:
                foreach (var word in (string[])["\"event\"", "\"media\"", "\"payload\"", ":\"", "{"])
                {
                    if (random.Next(3) == 0)
                    {
                        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace(word, random.Next(2) == 0 ? "null" : "[{", StringComparison.Ordinal));
                    }
                }

                random.NextBytes(message.AsSpan(random.Next(message.Length)));
                break;
        }

        return message;
    }
}
