using System.Collections.Concurrent;
using System.Globalization;

namespace Mainstay.Simulation.Tests.World;

/// <summary>Many histories side by side, or one of them told.</summary>
internal static class Histories
{
    /// <param name="count">In CI; MAINSTAY_SEEDS says otherwise.</param>
    public static void Run(string kind, int count, Action<SimWorld> history)
    {
        if (Setting("MAINSTAY_SEED") is { } one)
        {
            var failure = Try(one, history, isTalkative: true, out var world);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', world.Story));
            Assert.True(failure is null, $"{kind} history of seed {one}: {failure}");
            return;
        }

        var failures = new ConcurrentBag<string>();
        Parallel.For(1, (Setting("MAINSTAY_SEEDS") ?? count) + 1, (seed, loop) =>
        {
            if (Try(seed, history, isTalkative: false, out var world) is { } failure)
            {
                failures.Add($"MAINSTAY_SEED={seed} ({kind}): {failure}\n  {string.Join("\n  ", world.Story.TakeLast(12))}");
                if (failures.Count >= 5)
                {
                    loop.Stop();
                }
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    public static string? Try(int seed, Action<SimWorld> history, bool isTalkative, out SimWorld world)
    {
        world = new(seed) { IsTalkative = isTalkative };
        try
        {
            history(world);
            return null;
        }
        catch (InvariantBrokenException e)
        {
            return e.Message;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}
