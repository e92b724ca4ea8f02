using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Status;

namespace Mainstay.Realtime.Tests.Hub.Status;

public class StatusBoardTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StatusLimits Limits = new();

    private static byte[] Json(int value) => Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    private static string Text(StatusItem item) => $"{item.Of}={Encoding.UTF8.GetString(item.Data.Span)}{(item.Online ? "" : " offline")}";

    private static DateTimeOffset At(int milliseconds) => Now.AddMilliseconds(milliseconds);

    private static readonly Gen<(int Wait, int Key)[]> Storms =
        Gen.Choose(0, 60).SelectMany(wait => Gen.Choose(0, 9).Select(key => (wait, key))).ListOf().Select(l => l.ToArray());

    [Fact]
    public void In_any_storm_the_last_value_of_each_key_arrives_within_100_ms_and_in_at_most_ten_batches_a_second() =>
        Prop.ForAll(Storms.ToArbitrary(), storm =>
        {
            var (board, now, value) = (new StatusBoard(Limits), 0, 0);
            var (said, waiting, got) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>());
            var batches = new List<double>();
            var good = true;

            void Deliver(DateTimeOffset until)
            {
                while (board.Due is { } due && due <= until)
                {
                    var batch = board.TakeBatch(due);
                    batches.Add((due - Now).TotalMilliseconds);
                    good &= batch.Select(i => i.Of).Distinct().Count() == batch.Length;
                    foreach (var item in batch)
                    {
                        good &= (due - Now).TotalMilliseconds - waiting[item.Of] <= 100;
                        waiting.Remove(item.Of);
                        got[item.Of] = int.Parse(Encoding.UTF8.GetString(item.Data.Span), CultureInfo.InvariantCulture);
                    }
                }
            }

            foreach (var (wait, key) in storm)
            {
                now += wait;
                Deliver(At(now));
                board.Put("till", $"printer:{key}", Json(++value), At(now));
                said[$"printer:{key}"] = value;
                waiting.TryAdd($"printer:{key}", now);
            }

            Deliver(At(now + 100));
            var perSecond = batches.Select(b => batches.Count(o => o >= b && o < b + 1000)).DefaultIfEmpty(0).Max();
            return good && waiting.Count == 0 && perSecond <= 10 && said.OrderBy(s => s.Key, StringComparer.Ordinal).SequenceEqual(got.OrderBy(s => s.Key, StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_storm_without_a_pause_does_not_set_the_timer_back()
    {
        var board = new StatusBoard(Limits);
        for (var t = 0; t < 100; t++)
        {
            board.Put("till", "printer:1", Json(t), At(t));
        }

        Assert.Equal(At(100), board.Due);
        Assert.Empty(board.TakeBatch(At(99)));
        Assert.Equal(["printer:1=99"], board.TakeBatch(At(100)).Select(Text));
        Assert.Null(board.Due);
    }

    [Fact]
    public void A_device_that_goes_leaves_its_last_values_with_their_times_and_offline()
    {
        var board = new StatusBoard(Limits);
        board.Connected("till", Now);
        board.Put("till", "printer:1", Json(1), Now);
        board.TakeBatch(At(100));
        board.Disconnected("till", At(5000));

        Assert.Equal(["device:till=null offline", "printer:1=1 offline"], board.TakeBatch(At(5100)).Select(Text).Order(StringComparer.Ordinal));
        Assert.All(board.Snapshot(StatusWatch.Parse("*")), i => Assert.Equal(Now, i.At));

        // It is back; of its printer nothing is known until it says so.
        board.Connected("till", At(6000));
        Assert.Equal(["device:till=null"], board.TakeBatch(At(6100)).Select(Text));
        Assert.Equal(["printer:1=1 offline"], board.Snapshot(StatusWatch.Parse("printer:*")).Select(Text));
    }

    [Fact]
    public void Nobody_speaks_for_another_device()
    {
        var board = new StatusBoard(Limits);
        board.Put("till", "printer:1", Json(1), Now);

        Assert.Equal(StatusVerdict.Forbidden, board.Put("other", "printer:1", Json(2), Now));
        Assert.Equal(StatusVerdict.Forbidden, board.Put("other", "device:till", Json(2), Now));
        Assert.Equal(StatusVerdict.Taken, board.Put("till", "device:till", Json(2), Now));
    }

    [Fact]
    public void Keys_and_values_are_bounded_and_a_known_key_is_always_taken()
    {
        var board = new StatusBoard(Limits with { MaxKeys = 2, MaxData = 10 });
        Assert.Equal([StatusVerdict.Taken, StatusVerdict.Taken, StatusVerdict.TooManyKeys, StatusVerdict.Taken], ((string[])["a", "b", "c", "a"]).Select(of => board.Put("till", of, Json(1), Now)));
        Assert.Equal(StatusVerdict.TooLarge, board.Put("till", "a", new byte[11], Now));

        board.Forget("till");
        Assert.Empty(board.Snapshot(StatusWatch.Parse("*")));
        Assert.Empty(board.TakeBatch(At(200)));
        Assert.Equal(StatusVerdict.Taken, board.Put("other", "a", Json(1), Now));
    }
}
