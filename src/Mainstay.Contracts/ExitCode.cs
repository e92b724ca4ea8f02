namespace Mainstay.Contracts;

/// <summary>What every command exits with; scripts rely on it.</summary>
public enum ExitCode
{
    Done = 0,

    /// <summary>It was tried and did not succeed: unhealthy, rolled back, refused by preflight.</summary>
    Failed = 1,

    WrongUsage = 2,

    /// <summary>Problems in the manifest or the environment.</summary>
    Problems = 3,

    DaemonNotReachable = 4,
}
