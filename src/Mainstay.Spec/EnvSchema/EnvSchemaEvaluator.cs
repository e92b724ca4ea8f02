using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>Whether an environment is what its schema asks for. Pure but for <see cref="EnvSchemaContext.LookAt"/>; finds every problem at once and shows no value.</summary>
public static class EnvSchemaEvaluator
{
    /// <summary>The environment with the schema's defaults in the place of what is missing or blank: what the service gets, and what is checked.</summary>
    public static ImmutableSortedDictionary<string, string> WithDefaults(EnvSchemaSpec? schema, ImmutableSortedDictionary<string, string> environment) =>
        schema is null
            ? environment
            : environment.SetItems(schema.Rules
                .Where(r => r.Default is not null && string.IsNullOrWhiteSpace(environment.GetValueOrDefault(r.Name)))
                .Select(r => KeyValuePair.Create(r.Name, r.Default!)));

    /// <summary>Every way in which <paramref name="environment"/> breaks <paramref name="schema"/>, in the order of the rules.</summary>
    public static ImmutableArray<Problem> Check(EnvSchemaSpec schema, IReadOnlyDictionary<string, string> environment, EnvSchemaContext where)
    {
        var view = new EnvView(environment, where.Provided);
        var report = new RuleReport(where);
        foreach (var rule in schema.Rules)
        {
            if (view.ValueOf(rule.Name) is { } value)
            {
                CheckValue(rule, value, view, where, report);
            }
            else if (!view.Has(rule.Name) && WhyRequired(rule, view) is { } because)
            {
                report.Missing(rule, because, view.IsBlank(rule.Name), MisspelledAs(rule.Name, schema, view, where));
            }
        }

        CheckUnique(schema, view, report);
        CheckPairs(schema, view, where, report);
        CheckNames(schema, view, where, report);
        return report.Found;
    }

    private static void CheckValue(EnvRuleSpec rule, string value, EnvView view, EnvSchemaContext where, RuleReport report)
    {
        if (ValueTypes.FaultOf(rule, value, where) is { } wrong)
        {
            report.Value(rule, wrong);
        }
        else
        {
            foreach (var fault in ValueLimits.FaultsOf(rule, value, where))
            {
                report.Value(rule, fault);
            }
        }

        foreach (var companion in Each(rule.TogetherWith).Where(name => !view.Has(name)))
        {
            report.NotTogether(rule, companion);
        }

        CheckWarnIf(rule, value, view, report);
    }

    /// <summary>Either a value of the variable itself (<c>warn_if: in_memory</c>) or a condition on any variable.</summary>
    private static void CheckWarnIf(EnvRuleSpec rule, string value, EnvView view, RuleReport report)
    {
        if (rule.WarnIf is not { } warnIf)
        {
            return;
        }

        var condition = EnvCondition.Parse(warnIf);
        if (value == warnIf || (condition.Name == rule.Name && condition.Holds(view)))
        {
            report.Warned(rule, null);
        }
        else if (condition.Holds(view))
        {
            report.Warned(rule, condition);
        }
    }

    private static string? WhyRequired(EnvRuleSpec rule, EnvView view)
    {
        if (rule.Required)
        {
            return "it is required";
        }

        if (rule.RequiredIf is { } requiredIf && EnvCondition.Parse(requiredIf) is var condition && condition.Holds(view))
        {
            return $"it is required because {condition}";
        }

        return rule.RequiredUnless is { } requiredUnless && EnvCondition.Parse(requiredUnless) is var exemption && !exemption.Holds(view)
            ? $"it is required unless {exemption}"
            : null;
    }

    private static void CheckUnique(EnvSchemaSpec schema, EnvView view, RuleReport report)
    {
        foreach (var same in schema.Rules.Where(r => r.Unique && view.ValueOf(r.Name) is not null).GroupBy(r => view.ValueOf(r.Name), StringComparer.Ordinal))
        {
            var first = same.First();
            foreach (var later in same.Skip(1))
            {
                report.NotUnique(later, first);
            }
        }
    }

    /// <summary>A certificate and a key that name each other must belong together, whether they stand in the variables or in files named by them.</summary>
    private static void CheckPairs(EnvSchemaSpec schema, EnvView view, EnvSchemaContext where, RuleReport report)
    {
        var rules = schema.Rules.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => g.First());
        var told = new HashSet<(string, string)>();
        foreach (var rule in schema.Rules)
        {
            foreach (var other in Each(rule.TogetherWith).Select(rules.GetValueOrDefault).OfType<EnvRuleSpec>())
            {
                if (BlockOf(rule, view, where) is { } one && BlockOf(other, view, where) is { } two && PemBlock.Match(one, two) is false
                    && told.Add((rule.Name, other.Name)) && !told.Contains((other.Name, rule.Name)))
                {
                    report.Mismatch(rule, other);
                }
            }
        }
    }

    private static PemBlock? BlockOf(EnvRuleSpec rule, EnvView view, EnvSchemaContext where) => (rule.Type, view.ValueOf(rule.Name)) switch
    {
        (EnvType.Pem, { } value) => PemBlock.Parse(value).Block,
        (EnvType.File, { } value) when where.LookAt(ValueTypes.PathOf(value, where)).Pem is { } pem => PemBlock.Parse(pem).Block,
        _ => null,
    };

    /// <summary>The schema is not closed, so an undeclared variable is fine; one that is nearly a declared one that nobody set is a slip.</summary>
    private static void CheckNames(EnvSchemaSpec schema, EnvView view, EnvSchemaContext where, RuleReport report)
    {
        // What has its default was most likely not set: the environment comes here with the defaults in it.
        var unset = schema.Rules.Where(r => view.Has(r.Name) ? view.ValueOf(r.Name) == r.Default : WhyRequired(r, view) is null).ToArray();
        foreach (var name in Undeclared(schema, view, where))
        {
            if (unset.FirstOrDefault(r => IsSlip(name, r.Name)) is { } meant)
            {
                report.Typo(name, meant);
            }
        }
    }

    private static string? MisspelledAs(string missing, EnvSchemaSpec schema, EnvView view, EnvSchemaContext where) =>
        Undeclared(schema, view, where).FirstOrDefault(name => IsSlip(name, missing));

    /// <summary>Stricter than elsewhere: DB_HOST and DB_PORT are two names, not one and a slip.</summary>
    private static bool IsSlip(string written, string meant) =>
        Math.Abs(written.Length - meant.Length) <= 2 && meant.Length is > 2 and <= 64
        && NearestWord.Distance(written.ToUpperInvariant(), meant.ToUpperInvariant()) <= (meant.Length >= 10 ? 2 : 1);

    /// <summary>Names that the user may have misspelled; those that Mainstay and the host give are not the user's.</summary>
    private static IEnumerable<string> Undeclared(EnvSchemaSpec schema, EnvView view, EnvSchemaContext where) =>
        view.Names.Except(schema.Rules.Select(r => r.Name)).Except(where.Provided).Except(where.NamedByUs).Order(StringComparer.Ordinal);

    private static ImmutableArray<string> Each(ImmutableArray<string> names) => names.IsDefault ? [] : names;
}
