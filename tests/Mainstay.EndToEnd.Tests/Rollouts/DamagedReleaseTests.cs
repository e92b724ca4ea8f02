using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>Somebody changed what serves: the same source is then not as wanted already.</summary>
public sealed class DamagedReleaseTests
{
    [Fact]
    public async Task A_serving_release_that_was_changed_or_removed_is_made_anew_from_the_same_source()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var first = await app.IsWholeAsync("1");
        await File.AppendAllTextAsync(Path.Combine(app.Releases, "web", first.Release!, "server.js"), "// t\n", TestContext.Current.CancellationToken);

        (await app.DeployAsync()).MustExit(0).MustShow("MS7006", "server.js has ");

        var second = await app.IsWholeAsync("1");
        Assert.NotEqual(first.Release, second.Release);
        var folder = Path.Combine(app.Releases, "web", second.Release!);
        Directory.Move(folder, folder + ".gone");
        (await app.RunAsync("releases")).MustExit(0).MustShow("missing", "does not exist");

        (await app.DeployAsync()).MustExit(0).MustShow("does not exist");

        Assert.NotEqual(second.Release, (await app.IsWholeAsync("1")).Release);
        (await app.DeployAsync()).MustExit(0).MustShow("everything was as wanted already");
    }
}
