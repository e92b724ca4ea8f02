using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>One service's environment as the secret rules see it.</summary>
public sealed record SecretSource(EnvSchemaSpec? Schema, IReadOnlyDictionary<string, string> Environment, EnvSchemaContext Where);

/// <summary>
/// What no secret should be, whether a schema says so or not: a template's, short, easy to guess, used twice. What the schema declares as a
/// secret is an error; what only its name makes look like one is a warning, because a name can mislead.
/// </summary>
public static class SecretRules
{
    internal const string HowToMake = "make one with: openssl rand -hex 32";

    private const int ShortestSecret = 16;
    private const int ShortestPassword = 8;
    private const double FewestBitsOfSecret = 48;
    private const double FewestBitsOfPassword = 24;

    /// <summary>Whether a variable, or an option of a command line, holds a secret as far as its name tells.</summary>
    public static bool LooksSecret(string name) => SecretNames.Guess(name) is not SecretKind.None;

    /// <summary>Whether a value is more than a template's: no placeholder, and not so short or even that nobody would have chosen it.</summary>
    public static bool LooksReal(string value) => value.Length >= ShortestPassword && !PlaceholderText.Is(value) && EntropyEstimate.Bits(value) >= FewestBitsOfPassword;

    /// <summary>By its declared type, else by its name.</summary>
    public static bool IsSecret(string name, EnvSchemaSpec? schema) =>
        schema?.Rules.Any(r => r.Name == name && r.Type is EnvType.Secret) == true || LooksSecret(name);

    /// <summary>Every problem of one service's own secrets.</summary>
    public static ImmutableArray<Problem> Check(SecretSource source)
    {
        var found = ImmutableArray.CreateBuilder<Problem>();
        foreach (var secret in SecretsOf(source))
        {
            CheckOne(secret, found);
        }

        foreach (var (name, value) in source.Environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            CheckUrl(name, value, source, found);
        }

        return found.ToImmutable();
    }

    /// <summary>
    /// The same secret under two names, or under one name set in two places: a warning, or an error where the schema says unique. One env_file
    /// that several services read is one place: they share the secret on purpose. Also finds what is unique and no secret in two services.
    /// </summary>
    public static ImmutableArray<Problem> CheckAcross(IEnumerable<SecretSource> sources)
    {
        var found = ImmutableArray.CreateBuilder<Problem>();
        foreach (var same in sources.SelectMany(ComparedIn).GroupBy(s => s.Value, StringComparer.Ordinal))
        {
            var first = same.First();
            foreach (var later in same.Skip(1).Where(s => s.Name != first.Name || s.SetAt != first.SetAt).DistinctBy(s => (s.Name, s.SetAt)))
            {
                CompareTwo(first, later, found);
            }
        }

        return found.ToImmutable();
    }

    private static void CompareTwo(Secret first, Secret later, ImmutableArray<Problem>.Builder found)
    {
        var bothUnique = first.Rule is { Unique: true } && later.Rule is { Unique: true };
        var bothSecret = first.Kind is not SecretKind.None && later.Kind is not SecretKind.None;
        if (bothUnique && first.Service == later.Service)
        {
            // EnvSchemaEvaluator has said so already.
            return;
        }

        var fix = later.Name == first.Name
            ? "give each service a value of its own, or put the shared one into one env_file that both read"
            : $"give {later.Name} a value of its own, so that one leak opens one door";
        if (bothUnique || (bothSecret && (first.Rule is { Unique: true } || later.Rule is { Unique: true })))
        {
            found.Add(EnvironmentCodes.NotUnique.Error(later.SetAt, $"{later.Subject} has the same value as {first.Subject}, though it must be unique", fix));
        }
        else if (bothSecret)
        {
            found.Add(EnvironmentCodes.RepeatedSecret.Warning(later.SetAt, $"{later.Subject} has the same value as {first.Subject}", fix));
        }
    }

    /// <summary>A placeholder that is used twice is told once, as a placeholder.</summary>
    private static IEnumerable<Secret> ComparedIn(SecretSource source) => VariablesOf(source).Where(s =>
        s.Rule is { Unique: true } || (s.Kind is not SecretKind.None && s.Value.Length >= ShortestPassword && !PlaceholderText.Is(s.Value)));

    private static void CheckOne(Secret secret, ImmutableArray<Problem>.Builder found)
    {
        var (shortest, fewest) = secret.Kind is SecretKind.Password ? (ShortestPassword, FewestBitsOfPassword) : (ShortestSecret, FewestBitsOfSecret);
        if (secret.Rule?.Default == secret.Value || secret.Rule?.Example == secret.Value)
        {
            Add(EnvironmentCodes.PlaceholderSecret, "is the default or the example that stands in the env_schema, where everybody can read it");
        }
        else if (PlaceholderText.Is(secret.Value))
        {
            Add(EnvironmentCodes.PlaceholderSecret, "still has a value from a template, which anybody can guess");
        }
        else if (secret.Value.Length < shortest && !secret.LimitsDeclared)
        {
            Add(EnvironmentCodes.ShortSecret, $"is {ValueShape.Length(secret.Value.Length)} long; at least {shortest} are needed");
        }
        else if (EntropyEstimate.Bits(secret.Value) < fewest && !secret.LimitsDeclared)
        {
            Add(EnvironmentCodes.WeakSecret, "is easy to guess: it is made of few or repeating characters");
        }

        if (ValueShape.Hint(secret.Value) is { Length: > 0 } slip && (secret.Value != secret.Value.Trim() || secret.Value[0] is '"' or '\''))
        {
            found.Add(EnvironmentCodes.SecretWithBlank.Warning(secret.SetAt, $"{secret.Subject} probably has more in it than meant{slip}", "remove what does not belong to the secret"));
        }

        void Add(ProblemCode code, string what) => found.Add(secret.Declared
            ? code.Error(secret.SetAt, $"{secret.Subject} {what}", HowToMake)
            : code.Warning(secret.SetAt, $"{secret.Subject} {what}", HowToMake));
    }

    private static void CheckUrl(string name, string value, SecretSource source, ImmutableArray<Problem>.Builder found)
    {
        if (UrlShape.Parse(value).Url is { Password: { } password } && PlaceholderText.Is(password))
        {
            found.Add(EnvironmentCodes.PlaceholderSecret.Warning(
                PlaceOf(name, null, source),
                $"the password in {name} of service \"{source.Where.Service}\" is one that anybody can guess",
                HowToMake));
        }
    }

    private static IEnumerable<Secret> SecretsOf(SecretSource source) => VariablesOf(source).Where(v => v.Kind is not SecretKind.None);

    private static IEnumerable<Secret> VariablesOf(SecretSource source)
    {
        var rules = source.Schema?.Rules.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => g.First()) ?? [];
        foreach (var (name, value) in source.Environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var rule = rules.GetValueOrDefault(name);
            var guess = SecretNames.Guess(name);
            var kind = rule?.Type switch
            {
                EnvType.Secret => guess is SecretKind.Password ? guess : SecretKind.Secret,
                null or EnvType.String => guess,
                _ => SecretKind.None,
            };

            // A flag or a small number under such a name (REQUIRE_TOKEN=1) configures something; it is no secret.
            var flag = rule is null && (bool.TryParse(value, out _) || value is "0" or "1" || (kind is SecretKind.Secret && value.Length <= 5 && value.All(char.IsAsciiDigit)));
            if (!string.IsNullOrWhiteSpace(value))
            {
                yield return new(name, value, flag ? SecretKind.None : kind, rule, PlaceOf(name, rule, source), source.Where.Service);
            }
        }
    }

    private static Where PlaceOf(string name, EnvRuleSpec? rule, SecretSource source) =>
        source.Where.SetAt.GetValueOrDefault(name)
        ?? new(source.Where.SchemaFile, rule?.Span.Line ?? 0, rule?.Span.Column ?? 0, rule?.Span.Path ?? "");

    private sealed record Secret(string Name, string Value, SecretKind Kind, EnvRuleSpec? Rule, Where SetAt, ServiceName Service)
    {
        public bool Declared => Rule?.Type is EnvType.Secret;

        /// <summary>Whoever wrote limits into the schema has decided; ours are then silent.</summary>
        public bool LimitsDeclared => Rule is { MinLength: not null } or { MinEntropyBits: not null } or { Min: not null };

        public string Subject => $"{Name} of service \"{Service}\"";
    }
}
