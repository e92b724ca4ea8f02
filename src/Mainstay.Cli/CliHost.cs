using Mainstay.Contracts;
using Mainstay.Spec.Shipped;

namespace Mainstay.Cli;

/// <summary>Everything a command takes from the outside: its streams, its environment, its clock and the way to start a daemon.</summary>
public sealed record CliHost
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute; what relative paths on the command line are relative to.</summary>
    public required string Directory { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Starts a daemon for a home and returns at once; the command then waits for its socket.</summary>
    public required Func<HomeLayout, CancellationToken, Task<StartedDaemon>> StartDaemon { get; init; }

    /// <summary>Whether <see cref="Out"/> is a terminal: live display and colours, else plain lines.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Asked anew for every frame, since terminals are resized. Ignored unless <see cref="IsTerminal"/>.</summary>
    public Func<TerminalSize> Size { get; init; } = () => new TerminalSize(80, 24);

    /// <summary>The next key, or null when there is no keyboard. Used by <c>top</c> only.</summary>
    public Func<CancellationToken, Task<char?>> ReadKey { get; init; } = _ => Task.FromResult<char?>(null);

    /// <summary>Cancelled by Ctrl-C or SIGTERM.</summary>
    public CancellationToken Interrupted { get; init; } = CancellationToken.None;

    public bool IsRoot { get; init; }

    /// <summary>Reads settings as the services that ship with Mainstay do at their start; null: nobody here can.</summary>
    public SettingsReader? Settings { get; init; }
}

/// <summary>Columns and rows of a terminal.</summary>
public readonly record struct TerminalSize(int Columns, int Rows);

/// <summary>A daemon that was just started. <paramref name="Exited"/> completes, with one sentence, only if it ends while the command still watches.</summary>
public sealed record StartedDaemon(int Pid, Task<string> Exited);
