using Mainstay.Edge.Guards.Idempotency;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Testing;

namespace Mainstay.Edge.Tests.Guards;

public sealed class OnceStoreTests : IDisposable
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromMinutes(5);
    private static readonly byte[] s_key = new byte[32];
    private static readonly byte[] s_asked = [1, 2, 3];
    private readonly string _folder = Directory.CreateTempSubdirectory("once-").FullName;
    private readonly ManualTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_worker_that_lives_has_begun_is_under_way_and_what_a_dead_one_has_is_unknown()
    {
        var self = new ProcessIdentity(Environment.ProcessId, ProcStat.Read(Environment.ProcessId)!.Value.StartTicks);
        using var living = Open(self);
        using var other = Open(self with { StartTicks = self.StartTicks + 1 });
        Assert.Equal(OnceState.New, (await living.BeginAsync(s_key, s_asked, s_ttl)).State);
        Assert.Equal(OnceState.Running, (await other.BeginAsync(s_key, s_asked, s_ttl)).State);
        Assert.Equal(OnceState.Reused, (await other.BeginAsync(s_key, [9], s_ttl)).State);

        byte[] another = [1, .. new byte[31]];
        Assert.Equal(OnceState.New, (await other.BeginAsync(another, s_asked, s_ttl)).State);
        Assert.Equal(OnceState.Unknown, (await living.BeginAsync(another, s_asked, s_ttl)).State);
    }

    [Fact]
    public async Task An_answer_is_kept_for_its_time_and_then_the_key_is_new()
    {
        using var store = Open(new(1, 1));
        await store.BeginAsync(s_key, s_asked, s_ttl);
        await store.AnsweredAsync(s_key, new(201, [new("X-A", "1"), new("X-A", "2")], [7, 8]), s_ttl);
        _time.Advance(s_ttl - TimeSpan.FromMilliseconds(1));
        var found = await store.BeginAsync(s_key, s_asked, s_ttl);
        Assert.Equal((OnceState.Answered, 201), (found.State, found.Answer!.Status));
        Assert.Equal([new("X-A", "1"), new("X-A", "2")], found.Answer.Fields);
        Assert.Equal([7, 8], found.Answer.Body);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(OnceState.New, (await store.BeginAsync(s_key, [9], s_ttl)).State);
    }

    [Fact]
    public async Task Of_two_workers_that_begin_at_once_one_has_it()
    {
        using var one = Open(new(1, 1));
        using var two = Open(new(1, 1));
        for (byte i = 0; i < 50; i++)
        {
            byte[] key = [i, .. new byte[31]];
            var states = await Task.WhenAll(one.BeginAsync(key, s_asked, s_ttl), two.BeginAsync(key, s_asked, s_ttl));
            Assert.Single(states, s => s.State is OnceState.New);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said_and_tried_again()
    {
        var path = Path.Combine(_folder, "sub/once.db");
        await File.WriteAllTextAsync(Path.Combine(_folder, "sub"), "in the way", TestContext.Current.CancellationToken);
        using var store = new OnceStore(path, new(1, 1), _time);
        Assert.Contains(path, (await Assert.ThrowsAsync<OnceStoreException>(() => store.BeginAsync(s_key, s_asked, s_ttl))).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "sub"));
        Assert.Equal(OnceState.New, (await store.BeginAsync(s_key, s_asked, s_ttl)).State);
    }

    private OnceStore Open(ProcessIdentity self) => new(Path.Combine(_folder, "once.db"), self, _time);
}
