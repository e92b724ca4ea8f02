using Mainstay.Contracts.Logs;
using Mainstay.Testing;

namespace Mainstay.Contracts.Tests.Logs;

public sealed class LogFollowTests : IDisposable
{
    private readonly LogFiles _files = new();
    private readonly ManualTimeProvider _clock = new(LogFiles.Start);

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Any_mix_of_writes_rotations_and_polls_gives_every_line_once_and_in_order()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            await Follow_a_random_history(seed);
        }
    }

    private async Task Follow_a_random_history(int seed)
    {
        var random = new Random(seed);
        var service = $"s{seed}";
        using var cancel = new CancellationTokenSource();
        await using var follower = new LogTail(_files.Home, _clock).ReadAsync(new([service], Last: 0, Follow: true), cancel.Token).GetAsyncEnumerator(cancel.Token);
        var pending = follower.MoveNextAsync().AsTask();
        var (written, read, half) = (0, 0, "");
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                case 1:
                    for (var i = random.Next(4); i > 0; i--)
                    {
                        var line = LogLine.Format(LogFiles.Record(written++, padding: new string('x', random.Next(3) * 9000))) + "\n";
                        var cut = random.Next(3) == 0 ? random.Next(line.Length) : line.Length;
                        _files.Append(service, half + line[..cut]);
                        half = line[cut..];
                    }

                    break;

                // The daemon rotates between lines only.
                case 2 when half.Length == 0 && File.Exists(_files.Folder(service).Current):
                    _files.Rotate(service);
                    break;
                default:
                    await PollAsync();
                    break;
            }
        }

        _files.Append(service, half);
        await PollAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.True(read == written, $"seed {seed}: {read} of {written} lines");

        async Task PollAsync()
        {
            _clock.Advance(LogTail.PollInterval);
            while (pending.IsCompleted)
            {
                Assert.True(await pending, $"seed {seed}");
                Assert.True(follower.Current.Text.TrimEnd('x') == $"line {read}", $"seed {seed}: expected line {read}, got {follower.Current.Text.TrimEnd('x')}");
                read++;
                pending = follower.MoveNextAsync().AsTask();
            }
        }
    }

    [Fact]
    public async Task Files_that_were_removed_before_they_could_be_read_leave_a_visible_gap()
    {
        _files.Write("api", LogFiles.Record(0));
        _files.Rotate("api");
        _files.Write("api", LogFiles.Record(1));
        await using var follower = Follow(new(["api"], Last: 1, Follow: true));
        Assert.Equal("line 1", await NextAsync(follower));

        for (var i = 2; i < 6; i++)
        {
            File.Delete(_files.Folder("api").Finished(_files.Rotate("api")));
            _files.Write("api", LogFiles.Record(i));
        }

        var next = follower.MoveNextAsync().AsTask();
        _clock.Advance(LogTail.PollInterval);
        Assert.True(await next);
        Assert.Equal("line 5", follower.Current.Text);

        _files.Rotate("api");
        next = follower.MoveNextAsync().AsTask();
        _clock.Advance(LogTail.PollInterval);
        Assert.True(await next);
        Assert.Equal((LogStream.Sys, "3 log files were rotated away before they could be read"), (follower.Current.Stream, follower.Current.Text));
    }

    [Fact]
    public async Task The_last_lines_and_what_follows_meet_without_a_gap()
    {
        _files.Write("api", LogFiles.Record(0), LogFiles.Record(1));
        await using var follower = Follow(new(["api"], Last: 1, Follow: true));
        Assert.Equal("line 1", await NextAsync(follower));
        _files.Write("api", LogFiles.Record(2));
        Assert.Equal("line 2", await NextAsync(follower));
    }

    [Fact]
    public async Task A_service_that_appears_later_is_followed_too()
    {
        await using var follower = Follow(new([], Last: 10, Follow: true));
        var next = follower.MoveNextAsync().AsTask();
        _files.Write("api", LogFiles.Record(0));
        _clock.Advance(LogTail.PollInterval);
        Assert.True(await next);
        Assert.Equal("line 0", follower.Current.Text);
    }

    [Fact]
    public async Task A_file_that_somebody_emptied_is_read_from_its_beginning()
    {
        _files.Write("api", LogFiles.Record(0), LogFiles.Record(1));
        await using var follower = Follow(new(["api"], Follow: true));
        Assert.Equal("line 0", await NextAsync(follower));
        Assert.Equal("line 1", await NextAsync(follower));
        File.WriteAllBytes(_files.Folder("api").Current, []);
        _files.Write("api", LogFiles.Record(2));
        Assert.Equal("line 2", await NextAsync(follower));
    }

    [Fact]
    public async Task A_follower_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await using var follower = new LogTail(_files.Home, _clock).ReadAsync(new([], Follow: true), cancel.Token).GetAsyncEnumerator(cancel.Token);
        var next = follower.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private IAsyncEnumerator<LogRecord> Follow(LogQuery query) =>
        new LogTail(_files.Home, _clock).ReadAsync(query, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private async Task<string> NextAsync(IAsyncEnumerator<LogRecord> follower)
    {
        var next = follower.MoveNextAsync().AsTask();
        _clock.Advance(LogTail.PollInterval);
        Assert.True(await next);
        return follower.Current.Text;
    }
}
