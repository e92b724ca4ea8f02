namespace Mainstay.Linux.Proc.Ports;

/// <summary>Who keeps a process running, so that a stop by hand would not last, and who must be told instead.</summary>
public abstract record RunBy
{
    private RunBy()
    {
    }

    /// <summary>A service of some Mainstay.</summary>
    public sealed record Mainstay(string? Stack, string Service) : RunBy;

    /// <summary>Mainstay itself: <paramref name="Role"/> is <c>daemon</c> or <c>edge</c>; the home is null when the command line does not tell.</summary>
    public sealed record MainstayItself(string Role, string? Home) : RunBy;

    /// <summary>An application of PM2; its name is null when PM2's own daemon holds the socket for it (cluster mode).</summary>
    public sealed record Pm2(string? App, string? Home) : RunBy;

    /// <summary>A unit of systemd, of the system or of a user.</summary>
    public sealed record Systemd(string Unit, bool OfUser) : RunBy;

    /// <summary>A container; the id is null when only Docker's proxy is seen from here.</summary>
    public sealed record Docker(string? Container) : RunBy;

    /// <summary>Nobody that we know: a shell, or its parent.</summary>
    public sealed record Nobody : RunBy;
}
