using System.Text;
using Mainstay.Realtime.Hub.Streams;

namespace Mainstay.Realtime.Tests.Hub.Streams;

public sealed class StreamQueueTests
{
    private int _cuts;

    [Fact]
    public void More_than_may_wait_cuts_the_reader_once_and_nothing_is_taken_any_more()
    {
        var queue = new StreamQueue(10, () => _cuts++);
        queue.Add(Bytes(6));
        Assert.True(queue.TryTake(out _));
        queue.Add(Bytes(6));
        queue.Add(Bytes(6));
        queue.Add(Bytes(1));
        Assert.Equal((1, true, false), (_cuts, queue.IsTooSlow, queue.TryTake(out _)));
    }

    [Fact]
    public async Task Behind_the_last_event_is_the_end()
    {
        var queue = new StreamQueue(10, () => _cuts++);
        queue.Add(Bytes(4) with { IsLast = true });
        queue.Add(Bytes(100));
        Assert.True(await queue.WaitAsync(default));
        Assert.True(queue.TryTake(out _));
        Assert.False(await queue.WaitAsync(default));
        Assert.Equal(0, _cuts);
    }

    [Fact]
    public void A_queue_that_has_ended_cuts_nobody()
    {
        var queue = new StreamQueue(10, () => _cuts++);
        queue.End();
        queue.Add(Bytes(100));
        Assert.Equal(0, _cuts);
    }

    [Fact]
    public void An_event_is_one_line_of_data_whatever_stands_between_the_tokens() =>
        Assert.Equal("event: resume\nid: e:1\ndata: {  \"a\": 1}\n\n", Encoding.UTF8.GetString(StreamEvent.Of("e:1", "{\r\n\"a\":\n1}"u8, "resume").Bytes.Span));

    private static StreamEvent Bytes(int count) => new(new byte[count]);
}
