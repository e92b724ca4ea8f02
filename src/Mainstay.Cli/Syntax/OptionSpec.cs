namespace Mainstay.Cli.Syntax;

/// <summary>One option as it is typed. A null <paramref name="Value"/> makes it a flag; otherwise it is the value's name in the help.</summary>
/// <param name="Repeats">Given again, it adds to what was given before, as a comma does; otherwise the last one counts.</param>
internal sealed record OptionSpec(string Long, char? Short, string? Value, string Help, bool Repeats = false)
{
    public bool IsFlag => Value is null;

    public string Spelling => (Short is { } c ? $"-{c}, " : "    ") + $"--{Long}" + (Value is null ? "" : $" <{Value}>");
}
