using System.Text;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>The broker is away until there is no room left: what is lost is told of, frame by frame, and what was said to be stored is.</summary>
[Collection(nameof(Alone))]
public sealed class IngestFullTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task With_drop_oldest_what_is_stored_and_what_gaps_tell_of_is_everything_that_came()
    {
        const int frames = 2000;
        await using var stack = await IngestStack.UpAsync("""
            SPOOL_MAX_BYTES: 1MB
                  SPOOL_WHEN_FULL: drop_oldest
            """);
        await stack.Redis.DieAsync();
        await stack.BecomesAsync("degraded");

        var seen = await IngestForeignClient.CallAsync(stack, "node", "int-1", 3, frames, new() { ["stop"] = true });

        Assert.Equal(frames, seen.AckedSeqs[^1]);
        await stack.Redis.ReturnAsync();
        await stack.BecomesAsync("healthy");
        await Eventually.BecomesAsync("nothing waits in the spool", stack.HealthAsync, h => h["spoolBytes"]!.GetValue<long>() == 0, show: h => h.ToJsonString());
        var stored = (await stack.StoredAsync("int-1")).Select(f => f.Seq).ToHashSet();
        var gaps = await Eventually.BecomesAsync(
            "every frame is stored or told of", () => GapsAsync(stack), all => all.Union(stored).Count() == frames, show: all => $"{stored.Count} stored, {all.Count} in gaps");
        Assert.NotEmpty(gaps);
        Assert.NotEmpty(stored);
        Assert.Empty(gaps.Intersect(stored));
        Assert.Equal(gaps.Count, (await stack.HealthAsync())["framesLost"]!.GetValue<int>() - await LostEventsAsync(stack));
    }

    [Fact]
    public async Task A_disk_that_becomes_full_under_the_spool_makes_clients_wait_and_loses_nothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root mounts a file system");
        await using var stack = await IngestStack.UpAsync();
        var disk = Path.Combine(stack.Home.Home, "data/ingest/spool");
        Directory.CreateDirectory(disk);
        (await Child.RunAsync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", disk], "/", [], s_patience)).MustExit(0);
        try
        {
            await stack.Redis.DieAsync();
            await stack.BecomesAsync("degraded");
            await using var call = IngestCall.Begin(stack, "int-1");
            await stack.BecomesAsync("unhealthy");
            var acked = call.Acked;
            Assert.True(acked > 0);

            await stack.Redis.ReturnAsync();
            await stack.BecomesAsync("healthy");
            await call.GoesOnAsync(50);
            await call.MustBeStoredAsync();
            Assert.Equal(0, (await stack.HealthAsync())["framesLost"]!.GetValue<int>());
        }
        finally
        {
            await Child.RunAsync("umount", ["-l", disk], "/", [], s_patience);
        }
    }

    /// <summary>The frames that gap records tell of.</summary>
    private static async Task<HashSet<long>> GapsAsync(IngestStack stack)
    {
        var gaps = (await stack.Redis.EntriesAsync("audio_events")).Select(e => e.Select(Encoding.UTF8.GetString).Chunk(2).ToDictionary(p => p[0], p => p[1])).Where(e => e["event"] == "gap");
        return [.. gaps.SelectMany(g => Numbers(long.Parse(g["from_seq"], System.Globalization.CultureInfo.InvariantCulture), long.Parse(g["to_seq"], System.Globalization.CultureInfo.InvariantCulture)))];
    }

    private static IEnumerable<long> Numbers(long from, long to)
    {
        for (; from <= to; from++)
        {
            yield return from;
        }
    }

    private static async Task<int> LostEventsAsync(IngestStack stack)
    {
        var text = (await Web.GetAsync(stack.Port, "/metrics")).Text.Split('\n');
        int Of(string name) => (int)text.Where(l => l.StartsWith(name, StringComparison.Ordinal)).Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        return Of("mainstay_ingest_records_lost_total ") - Of("mainstay_ingest_gap_frames_total{");
    }
}
