using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth;

/// <summary>Settings as text, and the problems that were found while reading them. A setting that is empty is not set.</summary>
internal sealed class SettingsText(IReadOnlyDictionary<string, string> environment)
{
    public List<AuthProblem> Problems { get; } = [];

    public string? Text(string name) => environment.TryGetValue(name, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public Secret? Secret(string name) => Text(name) is { } text ? Auth.Secret.OfText(text) : null;

    public ImmutableArray<string> List(string name) => Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToImmutableArray() ?? [];

    public bool Flag(string name, bool otherwise)
    {
        switch (Text(name))
        {
            case null:
                return otherwise;
            case "true" or "1":
                return true;
            case "false" or "0":
                return false;
            default:
                Add(name, "is neither true nor false", "set it to true or false");
                return otherwise;
        }
    }

    public void Add(string variable, string what, string fix) => Problems.Add(new(variable, what, fix));
}
