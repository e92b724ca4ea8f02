using System.Collections.Immutable;

namespace Mainstay.Cli.Syntax;

/// <summary>What was typed, understood.</summary>
internal sealed record Invocation(VerbSpec Verb, ImmutableArray<string> Arguments, ImmutableDictionary<string, string> Options)
{
    public bool Has(OptionSpec option) => Options.ContainsKey(option.Long);

    public string? Value(OptionSpec option) => Options.GetValueOrDefault(option.Long);
}

/// <summary>How reading a command line ended.</summary>
internal abstract record ParseOutcome
{
    private ParseOutcome()
    {
    }

    public sealed record Parsed(Invocation Invocation) : ParseOutcome;

    /// <summary>Help was asked for; of everything when <paramref name="Verb"/> is null.</summary>
    public sealed record HelpAsked(VerbSpec? Verb) : ParseOutcome;

    /// <summary><paramref name="What"/> says what is wrong, <paramref name="Try"/> what to type instead.</summary>
    public sealed record Wrong(string What, string Try) : ParseOutcome;
}
