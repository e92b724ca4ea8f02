using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS2xxx: environment files, the environment's rules, secrets. 200x environment files; 201x-202x what the env_schema asks; 203x secrets.</summary>
public static class EnvironmentCodes
{
    public static ProblemCode FileTooLarge { get; } = new("MS2001", "An environment file is larger than Mainstay reads");

    public static ProblemCode BadLine { get; } = new("MS2002", "A line of an environment file is not of the form NAME=value");

    public static ProblemCode BadName { get; } = new("MS2003", "A name in an environment file cannot be a variable's name");

    public static ProblemCode QuoteNotClosed { get; } = new("MS2004", "A quoted value in an environment file does not end");

    public static ProblemCode SetTwice { get; } = new("MS2005", "A variable is set twice in one environment file");

    public static ProblemCode FileMissing { get; } = new("MS2006", "An environment file does not exist");

    public static ProblemCode FileUnreadable { get; } = new("MS2007", "An environment file cannot be read");

    public static ProblemCode FileOpenToOthers { get; } = new("MS2008", "An environment file can be read or changed by other users");

    public static ProblemCode FileOfAnotherUser { get; } = new("MS2009", "An environment file belongs to another user");

    public static ProblemCode Missing { get; } = new("MS2010", "A required variable is not set, or is blank");

    public static ProblemCode WrongType { get; } = new("MS2011", "A variable is not of the type that the env_schema asks for");

    public static ProblemCode OutOfRange { get; } = new("MS2012", "A variable is below the minimum or above the maximum");

    public static ProblemCode WrongScheme { get; } = new("MS2013", "A URL has a scheme that is not permitted here");

    public static ProblemCode NotPermitted { get; } = new("MS2014", "A variable has none of the permitted values");

    public static ProblemCode PatternNotMatched { get; } = new("MS2015", "A variable does not match its pattern");

    public static ProblemCode TooShort { get; } = new("MS2016", "A variable is shorter than the env_schema asks for");

    public static ProblemCode TooGuessable { get; } = new("MS2017", "A variable is easier to guess than the env_schema permits");

    public static ProblemCode NotUnique { get; } = new("MS2018", "Two variables that must differ have the same value");

    public static ProblemCode NotTogether { get; } = new("MS2019", "A variable is set without the one that belongs to it");

    public static ProblemCode WarnedAbout { get; } = new("MS2020", "A variable is set in a way that the env_schema warns about");

    public static ProblemCode FileNotThere { get; } = new("MS2021", "A variable names a file that the service cannot read");

    public static ProblemCode BadPem { get; } = new("MS2022", "A key or certificate in a variable cannot be used");

    public static ProblemCode PairMismatch { get; } = new("MS2023", "A certificate and a private key do not belong together");

    public static ProblemCode ProbableTypo { get; } = new("MS2024", "A variable's name is probably a misspelling of a declared one");

    public static ProblemCode RuleUnusable { get; } = new("MS2025", "A rule of the env_schema cannot be applied");

    public static ProblemCode CannotStartWith { get; } = new("MS2026", "A service that ships with Mainstay cannot start with a variable as it is");

    public static ProblemCode PlaceholderSecret { get; } = new("MS2030", "A secret still has a value from a template or a tutorial");

    public static ProblemCode ShortSecret { get; } = new("MS2031", "A secret is short");

    public static ProblemCode WeakSecret { get; } = new("MS2032", "A secret is easy to guess");

    public static ProblemCode RepeatedSecret { get; } = new("MS2033", "The same secret is used twice");

    public static ProblemCode SecretWithBlank { get; } = new("MS2034", "A secret begins or ends with a blank or a quote mark");

    public static ImmutableArray<ProblemCode> All { get; } =
    [
        FileTooLarge, BadLine, BadName, QuoteNotClosed, SetTwice, FileMissing, FileUnreadable, FileOpenToOthers, FileOfAnotherUser,
        Missing, WrongType, OutOfRange, WrongScheme, NotPermitted, PatternNotMatched, TooShort, TooGuessable, NotUnique, NotTogether,
        WarnedAbout, FileNotThere, BadPem, PairMismatch, ProbableTypo, RuleUnusable, CannotStartWith,
        PlaceholderSecret, ShortSecret, WeakSecret, RepeatedSecret, SecretWithBlank,
    ];
}
