using System.Text;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Logs;
using Mainstay.Testing;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>A disk that takes nothing makes a service wait for a while and no longer, and what is lost then is said.</summary>
public class LogDiskFullTests
{
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero));
    private readonly FakeLogDisk _disk = new();
    private readonly LogScratch _scratch = new();
    private readonly FakeLogDisk.Pipe _pipe;
    private readonly StreamPump _pump;

    public LogDiskFullTests()
    {
        _pipe = new FakeLogDisk.Pipe(_disk);
        _pump = NewPump();
    }

    [Fact]
    public void A_full_disk_makes_the_service_wait_and_loses_nothing()
    {
        Print("one\n");
        Assert.Equal(PumpOutcome.Drained, _pump.Turn());
        _disk.Room = 0;
        Print("two\n");

        for (var waited = TimeSpan.Zero; waited < StreamPump.Patience; waited += TimeSpan.FromSeconds(1))
        {
            Assert.Equal(PumpOutcome.Refused, _pump.Turn());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("No space left on device", _pump.Refusal);
        _disk.Room = null;
        Assert.Equal(PumpOutcome.Drained, _pump.Turn());
        Assert.Null(_pump.Refusal);
        Assert.Equal(["one", "two"], Lines());
    }

    [Fact]
    public void After_its_patience_lines_are_dropped_so_that_the_service_goes_on_and_the_log_says_how_many()
    {
        Print("one\n");
        _pump.Turn();
        _disk.Room = 0;
        Print("two\nthree\n");
        Assert.Equal(PumpOutcome.Refused, _pump.Turn());
        _clock.Advance(StreamPump.Patience);
        Assert.Equal(PumpOutcome.Dropping, _pump.Turn());
        Assert.Empty(_pipe.Content);

        Print("four\n");
        Assert.Equal(PumpOutcome.Dropping, _pump.Turn());
        _disk.Room = null;
        Assert.Equal(PumpOutcome.Drained, _pump.Turn());
        Print("five\n");
        Assert.Equal(PumpOutcome.Drained, _pump.Turn());

        Assert.Equal(["one", "3 lines (15 bytes) of stdout were dropped here: the disk took nothing for 10 s (No space left on device)", "five"], Lines());
    }

    [Fact]
    public void What_was_taken_before_the_disk_was_full_stands_before_the_gap()
    {
        Print("zero\n");
        _pump.Turn();
        Print("one\nhalf");
        _pump.Turn();

        // Room for the captured bytes, and for a part of the lines that are made of them.
        _disk.Room = 30;
        Print(" a line\nlost\n");
        Assert.Equal(PumpOutcome.Refused, _pump.Turn());
        Print("lost too\n");
        _clock.Advance(StreamPump.Patience);
        Assert.Equal(PumpOutcome.Dropping, _pump.Turn());
        _disk.Room = null;
        Print("back\n");
        _pump.Turn();

        var lines = Lines();
        Assert.Equal(["zero", "one", "half a line", "lost"], lines[..4]);
        Assert.StartsWith("1 lines (9 bytes)", lines[4], StringComparison.Ordinal);
        Assert.Equal(["back"], lines[5..]);
    }

    [Fact]
    public void A_run_that_ends_on_a_full_disk_is_let_go_and_the_next_thing_written_says_what_was_lost()
    {
        Print("one\n");
        _pump.Turn();
        _disk.Room = 0;
        Print("two\n");
        Assert.False(_pump.Finish(1_000_000));
        _clock.Advance(StreamPump.Patience);
        Assert.True(_pump.Finish(1_000_000));

        _disk.Room = null;
        Assert.Empty(_disk.Spools);
        var log = new ServiceLog("api", _disk, _scratch, _clock);
        log.WriteRemark("api-1", "started again");
        Assert.Equal("started again", Lines()[^1]);
    }

    [Fact]
    public void Whatever_room_comes_and_goes_no_line_is_torn_repeated_or_lost_unseen()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            RunWithRoom(seed);
        }
    }

    private void RunWithRoom(int seed)
    {
        var random = new Random(seed);
        var disk = new FakeLogDisk { Random = random };
        var pipe = new FakeLogDisk.Pipe(disk);
        var service = $"s{seed}";
        using var pump = NewPump(disk, pipe, service, random.Next(200, 2000));
        var printed = 0;
        for (var step = 0; step < 60; step++)
        {
            for (var i = random.Next(4); i > 0; i--)
            {
                Print(pipe, $"line {printed++}\n");
            }

            disk.Room = random.Next(3) == 0 ? null : random.Next(0, 400);
            pump.Turn();
            _clock.Advance(TimeSpan.FromSeconds(random.Next(8)));
        }

        disk.Room = null;
        Print(pipe, $"line {printed++}\n");
        Assert.Equal(PumpOutcome.Drained, pump.Turn());
        Assert.True(pump.Finish(1_000_000));

        var (next, lost) = (0, 0);
        foreach (var line in Lines(disk, service))
        {
            if (line.EndsWith('+'))
            {
                // The beginning of a line whose rest was dropped; it counts among the dropped.
                continue;
            }

            if (line.StartsWith("line ", StringComparison.Ordinal))
            {
                var number = int.Parse(line[5..]);
                Assert.True(number - next == lost, $"seed {seed}: expected line {next + lost}, got {line}");
                (next, lost) = (number + 1, 0);
            }
            else
            {
                lost += int.Parse(line.Split(' ')[0]);
            }
        }

        Assert.True(next == printed, $"seed {seed}: {next} of {printed}");
    }

    private StreamPump NewPump() => NewPump(_disk, _pipe, "api", 50_000);

    private StreamPump NewPump(FakeLogDisk disk, FakeLogDisk.Pipe pipe, string service, long maxSize)
    {
        var log = new ServiceLog(service, disk, _scratch, _clock) { Limits = new LogsSpec(maxSize, 1000) };
        return new StreamPump(
            pipe,
            () =>
            {
                var spool = Spool.Open(disk.OpenSpool("r1.out"), service, "api-1", _clock.GetUtcNow());
                log.Attach(spool);
                return spool;
            },
            log,
            "api-1",
            LogStream.Out,
            _scratch,
            _clock);
    }

    private void Print(string text) => Print(_pipe, text);

    private static void Print(FakeLogDisk.Pipe pipe, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            pipe.Content.Enqueue(b);
        }
    }

    private List<string> Lines() => Lines(_disk, "api");

    private static List<string> Lines(FakeLogDisk disk, string service) => [.. disk.FilesOf(service).SelectMany(file => Encoding.UTF8.GetString(file).Split('\n')[..^1]).Select(line =>
    {
        Assert.True(LogLine.TryParse(line, out LogRecord record), line);
        return record.Text + (record.Continues ? "+" : "");
    })];
}
