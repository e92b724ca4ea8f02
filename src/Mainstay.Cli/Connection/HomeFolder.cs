using Mainstay.Contracts;

namespace Mainstay.Cli.Connection;

/// <summary>Which home a command uses, and its folders.</summary>
internal static class HomeFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Throws <see cref="CommandFailedException"/> when there is no place for a home.</summary>
    public static HomeLayout Resolve(string? option, CliHost host) =>
        HomeLayout.Resolve(option, host.Environment, host.Directory, host.IsRoot)
        ?? throw new CommandFailedException(ExitCode.WrongUsage, "no HOME variable is set, so there is no place for Mainstay's state", "try: --home <path>, or set MAINSTAY_HOME");

    /// <summary>Makes the home and its run and log folders, for the owner only. What exists keeps its mode; doctor reports it.</summary>
    public static void Create(HomeLayout home)
    {
        try
        {
            Directory.CreateDirectory(home.Root, OwnerOnly);
            Directory.CreateDirectory(home.Run, OwnerOnly);
            Directory.CreateDirectory(home.Logs, OwnerOnly);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Unusable(home, e.Message);
        }
    }

    public static CommandFailedException Unusable(HomeLayout home, string why) => new(
        ExitCode.DaemonNotReachable,
        $"the home {home.Root} cannot be used: {why}",
        "try: --home <path> with a folder that you may write to, or set MAINSTAY_HOME");

    public static CommandFailedException TooLong(HomeLayout home) => new(
        ExitCode.DaemonNotReachable,
        $"the home's path is too long: its sockets (the longest is {home.LongestSocket}) may have at most {HomeLayout.MaxSocketPath} bytes",
        "try: --home <path> with a shorter path, or set MAINSTAY_HOME");
}
