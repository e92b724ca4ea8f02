using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>Puts findings into words. The only place of the schema's evaluation that writes text, and it is never handed a value.</summary>
internal sealed class RuleReport(EnvSchemaContext where)
{
    private readonly ImmutableArray<Problem>.Builder _found = ImmutableArray.CreateBuilder<Problem>();

    public ImmutableArray<Problem> Found => _found.ToImmutable();

    public void Value(EnvRuleSpec rule, ValueFault fault) =>
        _found.Add(fault.Code.Error(fault.Code == EnvironmentCodes.RuleUnusable ? RuleOf(rule) : SetAt(rule), $"{Subject(rule.Name)} {fault.What}", $"{fault.Fix}{About(rule)}"));

    public void Missing(EnvRuleSpec rule, string because, bool blank, string? misspelledAs) => _found.Add(EnvironmentCodes.Missing.Error(
        RuleOf(rule),
        $"{Subject(rule.Name)} is {(blank ? "blank" : "not set")}: {because}",
        misspelledAs is null
            ? $"set {rule.Name} in an env_file or under services.{where.Service}.environment{About(rule)}{(rule.Example is { } example ? $"; for example {example}" : "")}"
            : $"rename {misspelledAs}, which is set and not declared, to {rule.Name}; or set {rule.Name} too"));

    public void NotTogether(EnvRuleSpec rule, string companion) => _found.Add(EnvironmentCodes.NotTogether.Error(
        SetAt(rule), $"{Subject(rule.Name)} is set, but {companion}, which belongs to it, is not", $"set {companion} too, or remove {rule.Name}"));

    /// <param name="condition">Null when it is the value itself that is warned about.</param>
    public void Warned(EnvRuleSpec rule, EnvCondition? condition) => _found.Add(EnvironmentCodes.WarnedAbout.Warning(
        SetAt(rule),
        condition is null ? $"{Subject(rule.Name)} has a value that the env_schema warns about" : $"{Subject(rule.Name)} is set while {condition}, which the env_schema warns about",
        $"change {rule.Name}, or remove warn_if from its rule{About(rule)}"));

    public void NotUnique(EnvRuleSpec later, EnvRuleSpec first) => _found.Add(EnvironmentCodes.NotUnique.Error(
        SetAt(later), $"{Subject(later.Name)} has the same value as {first.Name}; both must be unique", $"give {later.Name} a value of its own"));

    public void Mismatch(EnvRuleSpec rule, EnvRuleSpec other) => _found.Add(EnvironmentCodes.PairMismatch.Error(
        SetAt(rule), $"{Subject(rule.Name)} and {other.Name} do not belong together: the private key is not the certificate's", "give the key with which the certificate was made, or the certificate made from this key"));

    public void Typo(string written, EnvRuleSpec meant) => _found.Add(EnvironmentCodes.ProbableTypo.Warning(
        where.SetAt.GetValueOrDefault(written) ?? RuleOf(meant), $"{Subject(written)} is not declared, and {meant.Name} is", $"rename it to {meant.Name}, or declare {written} in an env_schema too"));

    private string Subject(string name) => $"{name} of service \"{where.Service}\"";

    private Where SetAt(EnvRuleSpec rule) => where.SetAt.GetValueOrDefault(rule.Name) ?? RuleOf(rule);

    private Where RuleOf(EnvRuleSpec rule) => new(where.SchemaFile, rule.Span.Line, rule.Span.Column, rule.Span.Path);

    private static string About(EnvRuleSpec rule) => string.IsNullOrWhiteSpace(rule.Description) ? "" : $" ({rule.Description.Trim()})";
}
