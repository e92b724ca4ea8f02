using System.Diagnostics;
using Mainstay.Harness.Processes;

namespace Mainstay.Harness;

/// <summary>Waits for conditions, never for durations.</summary>
public static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer satisfies; fails with the last answer when the deadline comes first.</summary>
    public static async Task<T> BecomesAsync<T>(
        string what, Func<Task<T>> ask, Func<T, bool> satisfies, TimeSpan? deadline = null, Func<T, string>? show = null)
    {
        var (start, limit) = (Stopwatch.GetTimestamp(), deadline ?? Patience);
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new HarnessException($"after {limit.TotalSeconds:0.#} s it is still not so that {what}; last seen: {(show is null ? answer?.ToString() : show(answer))}");
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? deadline = null) =>
        BecomesAsync(what, () => Task.FromResult(condition()), holds => holds, deadline);
}
