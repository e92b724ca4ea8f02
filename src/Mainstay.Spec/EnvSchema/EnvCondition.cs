namespace Mainstay.Spec.EnvSchema;

/// <summary><c>NAME</c> (is set and not blank) or <c>NAME=value</c> (has exactly this value).</summary>
internal readonly record struct EnvCondition(string Name, string? Value)
{
    public static EnvCondition Parse(string written) => written.IndexOf('=') switch
    {
        < 0 => new(written.Trim(), null),
        var at => new(written[..at].Trim(), written[(at + 1)..].Trim()),
    };

    public bool Holds(EnvView view) => Value is null ? view.Has(Name) : view.ValueOf(Name) == Value;

    /// <summary>The schema's own words; but where the name is a secret's, the value it is compared with is not repeated.</summary>
    public override string ToString() => Value switch
    {
        null => $"{Name} is set",
        _ when SecretNames.Guess(Name) is not SecretKind.None => $"{Name} has the value that the schema names",
        _ => $"{Name}={Value}",
    };
}

/// <summary>An environment as the rules see it: a blank value counts as none.</summary>
internal sealed class EnvView(IReadOnlyDictionary<string, string> environment, IReadOnlySet<string> provided)
{
    public IEnumerable<string> Names => environment.Keys;

    public string? ValueOf(string name) => environment.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    public bool IsBlank(string name) => environment.ContainsKey(name) && ValueOf(name) is null;

    public bool Has(string name) => ValueOf(name) is not null || provided.Contains(name);
}
