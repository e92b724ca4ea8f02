using System.Collections.Immutable;

namespace Mainstay.Cli.Syntax;

/// <summary>One command as it is typed: the parser, the help, the completion scripts and the reference page all come from this.</summary>
/// <param name="Arguments">As shown after the verb, e.g. <c>[service...]</c>; empty when it takes none.</param>
/// <param name="TakesServices">Its arguments are service names, which completion can offer.</param>
/// <param name="Later">Named by the contract, not in this version.</param>
internal sealed record VerbSpec(
    string Name,
    string Arguments,
    int MinArguments,
    int MaxArguments,
    string Summary,
    string Details,
    ImmutableArray<OptionSpec> Options,
    bool TakesServices = false,
    bool Later = false)
{
    public string Usage => $"mainstay {Name}{(Options.IsEmpty ? "" : " [options]")}{(Arguments.Length == 0 ? "" : " " + Arguments)}";
}
