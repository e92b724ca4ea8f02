using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS2xxx: environment files, the environment's rules, secrets. 200x the form of env files; from 2010 what their values break.</summary>
public static class EnvironmentCodes
{
    public static ProblemCode FileTooLarge { get; } = new("MS2001", "An environment file is larger than Mainstay reads");

    public static ProblemCode BadLine { get; } = new("MS2002", "A line of an environment file is not of the form NAME=value");

    public static ProblemCode BadName { get; } = new("MS2003", "A name in an environment file cannot be a variable's name");

    public static ProblemCode QuoteNotClosed { get; } = new("MS2004", "A quoted value in an environment file does not end");

    public static ProblemCode SetTwice { get; } = new("MS2005", "A variable is set twice in one environment file");

    public static ImmutableArray<ProblemCode> All { get; } =
    [
        FileTooLarge, BadLine, BadName, QuoteNotClosed, SetTwice,
    ];
}
