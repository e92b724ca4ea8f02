namespace Mainstay.Bench.Deploy;

/// <summary>A service that is brought to new commits while it is used.</summary>
internal interface IDeployed : IAsyncDisposable
{
    string By { get; }

    /// <summary>Where users reach the service.</summary>
    int Port { get; }

    Task StartAsync();

    /// <summary>Commits a new version and deploys it; false when the deployer says that it failed.</summary>
    Task<bool> DeployAsync(int number);

    /// <summary>Median seconds of each step, for those who tell.</summary>
    Task<IReadOnlyDictionary<string, double>> StepsAsync();
}
