using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>The rules about a value of the right type: min, max, values, pattern, min_length, min_entropy_bits.</summary>
internal static class ValueLimits
{
    /// <summary>A pattern comes from the user and could run for hours on the wrong value.</summary>
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<ValueFault> FaultsOf(EnvRuleSpec rule, string value, EnvSchemaContext where)
    {
        foreach (var fault in (ValueFault?[])[
            Bound(rule, value, where, rule.Min, below: true),
            Bound(rule, value, where, rule.Max, below: false),
            Permitted(rule, value),
            Pattern(rule, value),
            Length(rule, value),
            Entropy(rule, value)])
        {
            if (fault is { } found)
            {
                yield return found;
            }
        }
    }

    private static ValueFault? Bound(EnvRuleSpec rule, string value, EnvSchemaContext where, string? bound, bool below)
    {
        if (bound is null)
        {
            return null;
        }

        var key = below ? "min" : "max";
        if (Limit(rule.Type, bound) is not { } limit)
        {
            return new(EnvironmentCodes.RuleUnusable, $"cannot be checked: its {key} cannot be read for the type {TypeName(rule)}", $"write {key} as the type {TypeName(rule)} is written");
        }

        var measured = Measure(rule.Type, value, where);
        return measured is null || (below ? measured >= limit : measured <= limit)
            ? null
            : new(
                EnvironmentCodes.OutOfRange,
                $"is {(IsLength(rule.Type) ? $"{ValueShape.Length(value.Length)} long" : below ? "too small" : "too large")}; {(below ? "at least" : "at most")} {bound} {(IsLength(rule.Type) ? "are" : "is")} {(below ? "needed" : "permitted")}",
                Range(rule));
    }

    /// <summary>Goes on from how a value is written: ", from 1 to 10"; empty without bounds.</summary>
    public static string RangeWords(EnvRuleSpec rule) => (rule.Min, rule.Max) switch
    {
        ({ } min, { } max) => $", from {min} to {max}",
        ({ } min, null) => $", {min} or more",
        (null, { } max) => $", {max} or less",
        (null, null) => "",
    };

    private static string Range(EnvRuleSpec rule) => (rule.Min, rule.Max, IsLength(rule.Type)) switch
    {
        ({ } min, { } max, false) => $"use a value from {min} to {max}",
        ({ } min, null, false) => $"use a value of {min} or more",
        (_, { } max, false) => $"use a value of {max} or less",
        ({ } min, { } max, true) => $"use {min} to {max} characters",
        ({ } min, null, true) => $"use {min} characters or more",
        (_, var max, true) => $"use {max} characters or fewer",
        (null, null, false) => "use another value",
    };

    private static bool IsLength(EnvType type) => type is EnvType.String or EnvType.Secret or EnvType.Url or EnvType.Enum or EnvType.Pem or EnvType.Bool;

    /// <summary>What min and max are compared with: the number, ticks, bytes, a file's size; for texts their length.</summary>
    private static decimal? Measure(EnvType type, string value, EnvSchemaContext where) => type switch
    {
        EnvType.Int or EnvType.Port => Measures.Integer(value),
        EnvType.Float => Measures.Number(value),
        EnvType.Duration => Measures.Duration(value),
        EnvType.Bytes => Measures.Size(value),
        EnvType.File => where.LookAt(ValueTypes.PathOf(value, where)).Length,
        EnvType.String or EnvType.Secret or EnvType.Url or EnvType.Enum or EnvType.Pem or EnvType.Bool => value.Length,
    };

    private static decimal? Limit(EnvType type, string bound) => type switch
    {
        EnvType.Float => Measures.Number(bound),
        EnvType.Duration => Measures.Duration(bound),
        EnvType.Bytes or EnvType.File => Measures.Size(bound),
        EnvType.Int or EnvType.Port or EnvType.String or EnvType.Secret or EnvType.Url or EnvType.Enum or EnvType.Pem or EnvType.Bool => Measures.Integer(bound),
    };

    private static ValueFault? Permitted(EnvRuleSpec rule, string value)
    {
        if (rule.Values.IsDefaultOrEmpty || rule.Values.Contains(value))
        {
            return null;
        }

        var slip = rule.Values.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase) ? "; only its case, or a blank around it, is wrong" : ValueShape.Hint(value);
        return new(EnvironmentCodes.NotPermitted, "is none of the permitted values" + slip, $"use one of: {string.Join(", ", rule.Values)}");
    }

    private static ValueFault? Pattern(EnvRuleSpec rule, string value)
    {
        if (rule.Pattern is null)
        {
            return null;
        }

        try
        {
            return Compile(rule.Pattern).IsMatch(value)
                ? null
                : new(EnvironmentCodes.PatternNotMatched, "does not match its pattern" + ValueShape.Hint(value), $"write it so that it matches {rule.Pattern}");
        }
        catch (RegexMatchTimeoutException)
        {
            return new(EnvironmentCodes.RuleUnusable, "cannot be checked: its pattern takes too long", "write a pattern without nested repetitions");
        }
        catch (ArgumentException)
        {
            return new(EnvironmentCodes.RuleUnusable, "cannot be checked: its pattern is not a regular expression", "correct the pattern");
        }
    }

    /// <summary>Without backtracking where the pattern permits it: time then grows with the value only.</summary>
    private static Regex Compile(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (NotSupportedException)
        {
            // Look-around and back references: the timeout alone must do.
            return new(pattern, RegexOptions.CultureInvariant, PatternTimeout);
        }
    }

    private static ValueFault? Length(EnvRuleSpec rule, string value) => rule.MinLength is { } least && value.Length < least
        ? new(EnvironmentCodes.TooShort, $"is {ValueShape.Length(value.Length)} long; at least {least} are needed", $"use {least} characters or more")
        : null;

    private static ValueFault? Entropy(EnvRuleSpec rule, string value) => rule.MinEntropyBits is { } least && EntropyEstimate.Bits(value) is var bits && bits < least
        ? new(
            EnvironmentCodes.TooGuessable,
            string.Create(CultureInfo.InvariantCulture, $"is too easy to guess: about {Math.Floor(bits):0} bits of chance are in it; at least {least:0.#} are needed"),
            SecretRules.HowToMake)
        : null;

    private static string TypeName(EnvRuleSpec rule) => rule.Type.ToString().ToLowerInvariant();
}
