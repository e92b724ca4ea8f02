using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Mainstay.Harness.Load;

/// <summary>Load in this process: keep-alive connections that ask again and again, some of them slow questions, until stopped.</summary>
public sealed class RunningLoad : IAsyncDisposable
{
    private readonly LoadPlan _plan;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<LostRequest> _lost = [];
    private readonly ConcurrentQueue<double> _milliseconds = [];
    private readonly ConcurrentDictionary<string, long> _versions = [];
    private readonly ConcurrentDictionary<int, bool> _pids = [];
    private readonly List<Task> _clients = [];
    private readonly Lock _gapLock = new();
    private long _lastGood;
    private TimeSpan _longestGap;
    private int _goodSlow;

    private RunningLoad(LoadPlan plan)
    {
        _plan = plan;
        _clients.AddRange(Enumerable.Range(0, plan.Connections).Select(_ => Task.Run(() => AskAsync(slow: null))));
        if (plan.SlowPath is not null)
        {
            _clients.AddRange(Enumerable.Range(0, plan.SlowConnections).Select(seed => Task.Run(() => AskAsync(slow: new Random(seed)))));
        }
    }

    public int Good => _milliseconds.Count;

    public int LostSoFar => _lost.Count;

    public static RunningLoad Start(LoadPlan plan) => new(plan);

    /// <summary>Returns once this many more requests were answered, so that what follows happens under load.</summary>
    public Task FlowsAsync(int more = 50, TimeSpan? deadline = null)
    {
        var before = Good;
        return Eventually.TrueAsync($"{more} more requests are answered ({LostSoFar} lost)", () => Good >= before + more, deadline);
    }

    /// <summary>Lets every request that is under way finish, then reports.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        var times = _milliseconds.Order().ToArray();
        return new(times.Length, _goodSlow, [.. _lost], [.. _versions.OrderBy(v => v.Value).Select(v => v.Key)], _pids.Keys.ToHashSet(),
            At(0.5), At(0.99), At(1), _longestGap);

        TimeSpan At(double share) => times.Length == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(times[(int)((times.Length - 1) * share)]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    /// <param name="slow">Draws the waits of a client that asks slow questions; null for an ordinary one.</param>
    private async Task AskAsync(Random? slow)
    {
        PlainConnection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                connection = await AskOnceAsync(connection, slow);
            }
            catch (RequestLostException e)
            {
                _lost.Enqueue(new(Stopwatch.GetElapsedTime(_started), e.Kind, e.Message, slow is not null));
                connection?.Dispose();
                connection = null;

                // A refused connection fails at once; without a pause one second of outage would count as thousands of losses.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }

            await Task.Delay(_plan.Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        connection?.Dispose();
    }

    private async Task<PlainConnection?> AskOnceAsync(PlainConnection? connection, Random? slow)
    {
        using var timeout = new CancellationTokenSource(_plan.Timeout, TimeProvider.System);
        if (connection?.WasClosedWhileIdle == true)
        {
            connection.Dispose();
            connection = null;
        }

        var start = Stopwatch.GetTimestamp();
        connection ??= await OpenAsync(timeout.Token);
        PlainResponse answer;
        try
        {
            answer = await connection.GetAsync(slow is null ? _plan.Path : SlowQuestion(slow), _plan.Host, timeout.Token);
        }
        catch (RequestLostException)
        {
            connection.Dispose();
            throw;
        }

        Count(answer, Stopwatch.GetElapsedTime(start), slow is not null);
        if (answer.KeepsAlive)
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }

    private async Task<PlainConnection> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await PlainConnection.OpenAsync(_plan.To, cancel);
        }
        catch (OperationCanceledException e)
        {
            throw new RequestLostException(FailureKind.TimedOut, "while connecting", e);
        }
    }

    private void Count(PlainResponse answer, TimeSpan took, bool slow)
    {
        if (answer.Status != 200)
        {
            throw new RequestLostException(FailureKind.BadStatus, $"{answer.Status} {answer.Text[..Math.Min(120, answer.Text.Length)]}");
        }

        if (slow)
        {
            Interlocked.Increment(ref _goodSlow);
        }
        else
        {
            _milliseconds.Enqueue(took.TotalMilliseconds);
            lock (_gapLock)
            {
                var gap = _lastGood == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_lastGood);
                (_lastGood, _longestGap) = (Stopwatch.GetTimestamp(), gap > _longestGap ? gap : _longestGap);
            }
        }

        using var json = JsonDocument.Parse(answer.Body);
        _versions.TryAdd(json.RootElement.GetProperty("version").GetString() ?? "", Stopwatch.GetTimestamp());
        _pids.TryAdd(json.RootElement.GetProperty("pid").GetInt32(), true);
    }

    private string SlowQuestion(Random random)
    {
        var wait = _plan.SlowFrom + ((_plan.SlowTo - _plan.SlowFrom) * random.NextDouble());
        return string.Create(CultureInfo.InvariantCulture, $"{_plan.SlowPath}?ms={(int)wait.TotalMilliseconds}");
    }
}
