using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>examples/metro, brought up from nothing once, as its README says; each test leaves it serving.</summary>
public sealed class RunningMetro : IAsyncLifetime
{
    public int Port { get; } = FreePort.Take();

    internal ExampleCopy City { get; private set; } = null!;

    /// <summary>What the first deploy showed.</summary>
    internal CommandResult FirstDeploy { get; private set; } = null!;

    /// <summary>The example with its secrets made, and nothing started.</summary>
    internal static async Task<ExampleCopy> PreparedAsync(int? port = null)
    {
        var city = ExampleCopy.Of(
            "metro",
            ("8090", $"{port ?? FreePort.Take()}"),
            ("5442", $"{FreePort.Take()}"),
            ("6390", $"{FreePort.Take()}"),
            ("interval: 45s", "interval: 1s"),
            ("bake: 10s", "bake: 4s"));
        if (Environment.UserName != "root")
        {
            city.Change("mainstay.yaml", "    user: postgres", "    # not root");
        }

        await city.RunAsync("sh", "prepare.sh");
        return city;
    }

    public async ValueTask InitializeAsync()
    {
        City = await PreparedAsync(Port);
        await City.Home.UpAsync("postgres", "redis");
        FirstDeploy = (await City.DeployAsync()).MustExit(0);
    }

    // Null when it could not even be prepared.
    public ValueTask DisposeAsync() => City?.DisposeAsync() ?? ValueTask.CompletedTask;
}
