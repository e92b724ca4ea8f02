using Mainstay.EndToEnd.Tests.Support;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>What made the metro's deploys fail half-way is refused before anything starts, by <c>check</c> and by <c>deploy</c>.</summary>
public sealed class MetroRefusalTests
{
    private const UnixFileMode EverybodyReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public async Task Its_layers_are_shown()
    {
        await using var city = await RunningMetro.PreparedAsync();

        (await city.Home.RunAsync("check")).MustExit(0).MustShow("postgres-init, redis, stations -> postgres, auth -> tickets -> gateway");
    }

    [Fact]
    public async Task Circular_dependencies_are_refused_with_their_whole_path()
    {
        await using var city = await RunningMetro.PreparedAsync();
        city.Change("mainstay.yaml", "depends_on: [ redis ]", "depends_on: [ redis, gateway ]");

        await RefusedAsync(city, "auth -> gateway -> auth");
    }

    [Fact]
    public async Task An_env_file_that_everybody_can_read_is_refused()
    {
        await using var city = await RunningMetro.PreparedAsync();
        File.SetUnixFileMode(Path.Combine(city.Home.Folder, "env/internal.env"), EverybodyReads);

        await RefusedAsync(city, "env/internal.env", "0644", "chmod 600");
    }

    [Fact]
    public async Task A_weak_secret_is_refused_and_not_shown()
    {
        await using var city = await RunningMetro.PreparedAsync();
        var weak = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        city.Home.Write("env/auth.env", $"SESSION_SECRET={weak}\n", 0b110_000_000);

        await RefusedAsync(city, "SESSION_SECRET", "32");
        (await city.Home.RunAsync("check")).MustNotShow(weak);
    }

    [Fact]
    public async Task The_same_secret_in_two_places_is_refused()
    {
        await using var city = await RunningMetro.PreparedAsync();
        city.Home.Write("env/internal.env", city.Text("env/auth.env").Replace("SESSION_SECRET", "INTERNAL_TOKEN", StringComparison.Ordinal), 0b110_000_000);

        await RefusedAsync(city, "SESSION_SECRET", "INTERNAL_TOKEN", "same value");
    }

    private static async Task RefusedAsync(ExampleCopy city, params string[] words)
    {
        (await city.Home.RunAsync("check")).MustExit(3).MustShow(words);
        (await city.DeployAsync()).MustExit(3).MustShow(words);
        Assert.DoesNotContain(city.Home.Processes(), p => p.CommandLine.Contains("server", StringComparison.Ordinal));
    }
}
