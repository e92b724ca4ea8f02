namespace Mainstay.Cli.Syntax;

/// <summary>One option as it is typed. A null <paramref name="Value"/> makes it a flag; otherwise it is the value's name in the help.</summary>
internal sealed record OptionSpec(string Long, char? Short, string? Value, string Help)
{
    public bool IsFlag => Value is null;

    public string Spelling => (Short is { } c ? $"-{c}, " : "    ") + $"--{Long}" + (Value is null ? "" : $" <{Value}>");
}
