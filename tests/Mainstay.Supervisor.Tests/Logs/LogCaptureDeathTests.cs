using System.Text;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Logs;
using Mainstay.Testing;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>The capture protocol against a daemon that is killed inside any of its calls: every line once, whole, and in order.</summary>
public class LogCaptureDeathTests
{
    private static readonly LogScratch Scratch = new();

    // Small enough for the spool to be cut and compacted all the time.
    private static readonly SpoolSizes Small = new(SpoolHeader.DataStart + 50, SpoolHeader.DataStart + 150);

    [Fact]
    public void A_death_in_any_call_loses_and_repeats_no_line()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var calls = Run(seed, []);
            for (var death = 1; death <= calls; death++)
            {
                Run(seed, [death]);
            }
        }
    }

    [Fact]
    public void Many_deaths_in_a_row_lose_and_repeat_no_line()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            Run(seed, [.. Enumerable.Range(0, 12).Select(_ => random.Next(1, 25))]);
        }
    }

    [Fact]
    public void The_same_line_over_and_over_is_counted_right_too()
    {
        for (var death = 1; death <= 120; death++)
        {
            Run(seed: 7, [death], repeat: true);
        }
    }

    [Fact]
    public void Where_old_files_are_deleted_the_newest_lines_are_whole_and_in_order()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var calls = Run(seed, [], maxFiles: 1 + (seed % 2));
            for (var death = 1; death <= calls; death += 1 + (seed / 4))
            {
                Run(seed, [death], maxFiles: 1 + (seed % 2));
            }
        }
    }

    /// <summary>One life of a service under daemons that die after so many calls each. Returns the calls of the last daemon.</summary>
    private static int Run(int seed, int[] deaths, bool repeat = false, int maxFiles = 100_000)
    {
        var random = new Random(seed);
        var disk = new FakeLogDisk { Random = new Random(seed + 1000) };
        var daemon = new Daemon(disk, Enumerable.Range(0, 2).Select(_ => new FakeLogDisk.Pipe(disk)).ToArray(), new LogsSpec(random.Next(60, 600), maxFiles));
        var lives = new Queue<int>(deaths);
        var printed = new List<string>[] { [], [] };
        daemon.Start(lives);
        for (var step = 0; step < 25; step++)
        {
            var stream = random.Next(2);
            for (var i = random.Next(5); i > 0; i--)
            {
                var line = repeat ? "tick" : $"{stream}:{printed[stream].Count}:{new string('x', random.Next(4) == 0 ? 300 : 5)}";
                daemon.Print(stream, line + (random.Next(6) == 0 ? "" : "\n"), printed[stream]);
            }

            daemon.Survive(lives, d => d.Turn());
        }

        daemon.Survive(lives, d => d.Finish());
        var lines = disk.FilesOf("api").SelectMany(Parse).ToList();
        for (var stream = 0; stream < 2; stream++)
        {
            var wanted = string.Concat(printed[stream]).Split('\n').ToList();
            if (wanted[^1].Length == 0)
            {
                wanted.RemoveAt(wanted.Count - 1);
            }

            var got = lines.Where(l => l.Stream == (LogStream)stream).Select(l => l.Text).ToList();
            if (maxFiles < 100_000)
            {
                wanted = [.. wanted.TakeLast(got.Count)];
                Assert.True(stream == 0 || lines.Count > 0, $"seed {seed}, deaths {string.Join(' ', deaths)}: no line left");
            }

            Assert.True(wanted.SequenceEqual(got), $"seed {seed}, deaths {string.Join(' ', deaths)}, stream {stream}:\n{string.Join('\n', wanted)}\n--\n{string.Join('\n', got)}");
        }

        Assert.Empty(disk.Spools);
        return disk.Calls;
    }

    private static List<LogRecord> Parse(byte[] file)
    {
        var text = Encoding.UTF8.GetString(file);
        Assert.True(text.Length == 0 || text[^1] == '\n');
        return [.. text.Split('\n')[..^1].Select(line =>
        {
            Assert.True(LogLine.TryParse(line, out LogRecord record), line);
            return record;
        })];
    }

    private sealed class Daemon(FakeLogDisk disk, FakeLogDisk.Pipe[] pipes, LogsSpec limits)
    {
        private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero));
        private StreamPump?[] _pumps = [];
        private bool _begun;

        public void Print(int stream, string text, List<string> printed)
        {
            printed.Add(text);
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                pipes[stream].Content.Enqueue(b);
            }
        }

        public void Start(Queue<int> lives) => Survive(lives, _ => { });

        /// <summary>Does something, by as many daemons as it takes.</summary>
        public void Survive(Queue<int> lives, Action<Daemon> act)
        {
            while (true)
            {
                try
                {
                    if (!_begun)
                    {
                        disk.DieAt = lives.TryDequeue(out var life) ? disk.Calls + life : null;
                        _clock.Advance(TimeSpan.FromSeconds(1));
                        Open();
                        _begun = true;
                    }

                    act(this);
                    return;
                }
                catch (DeathException)
                {
                    _begun = false;
                }
            }
        }

        public void Turn()
        {
            foreach (var pump in _pumps)
            {
                Assert.NotEqual(PumpOutcome.Refused, pump!.Turn());
            }

            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        public void Finish()
        {
            for (var i = 0; i < _pumps.Length; i++)
            {
                if (_pumps[i] is { } pump)
                {
                    Assert.True(pump.Finish(1_000_000));
                    _pumps[i] = null;
                }
            }
        }

        private void Open()
        {
            var log = new ServiceLog("api", disk, Scratch, _clock) { Limits = limits };
            _pumps = [.. pipes.Select((pipe, i) =>
            {
                var spool = Spool.Open(disk.OpenSpool($"r1.{i}"), "api", "api-1", _clock.GetUtcNow(), Small);
                log.Attach(spool);
                return new StreamPump(pipe, () => spool, log, "api-1", (LogStream)i, Scratch, _clock);
            })];
        }
    }
}
