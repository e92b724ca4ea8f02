using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary>What every verb is given.</summary>
internal sealed record VerbContext(CliHost Host, Invocation Invocation, HomeLayout Home, Screen Screen)
{
    public DaemonConnector Connector { get; } = new(Home, Host, Screen);

    public string? NamedManifest => Invocation.Value(VerbTable.File);
}
