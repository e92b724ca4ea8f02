namespace Mainstay.Bench.Reload;

/// <summary>A service under a supervisor that can reload it while it is used.</summary>
internal interface IReloaded : IAsyncDisposable
{
    string Case { get; }

    string By { get; }

    /// <summary>Where users reach the service.</summary>
    int Port { get; }

    Task StartAsync();

    /// <summary>Reloads for the nth time; false when the supervisor says that it failed.</summary>
    Task<bool> ReloadAsync(int number);
}

/// <summary>What is reloaded, and how: the three cases of the table.</summary>
internal sealed record ReloadCase(string Title, int Instances, bool FixedPort, bool ChangesEnvironment)
{
    public static IReadOnlyList<ReloadCase> All { get; } =
    [
        new("2 instances, reload", 2, FixedPort: false, ChangesEnvironment: false),
        new("2 instances, changed environment", 2, FixedPort: false, ChangesEnvironment: true),
        new("1 instance on a fixed port, reload", 1, FixedPort: true, ChangesEnvironment: false),
    ];
}
