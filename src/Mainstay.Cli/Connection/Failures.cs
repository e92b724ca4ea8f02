using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Connection;

/// <summary>A command cannot go on: what to print on standard error, and the exit code. Lines after the first say what to do.</summary>
internal sealed class CommandFailedException(ExitCode code, params string[] lines) : Exception(lines[0])
{
    public ExitCode Code => code;

    public IReadOnlyList<string> Lines => lines;
}

/// <summary>The daemon answered, and refused.</summary>
internal sealed class RefusedByDaemonException(int status, ErrorDocument document) : Exception(document.Detail)
{
    public ErrorDocument Document => document;

    /// <summary>422 is a manifest or environment with problems; other 4xx mean that the command asked for something that is not there.</summary>
    public ExitCode Code => status switch
    {
        422 => ExitCode.Problems,
        400 or 404 or 405 => ExitCode.WrongUsage,
        _ => ExitCode.Failed,
    };
}
