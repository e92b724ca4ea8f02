namespace Mainstay.Realtime.Hub.Access;

/// <summary>A name, or all names with a beginning: <c>orders</c>, <c>orders.*</c>, <c>*</c>.</summary>
internal readonly record struct NamePattern
{
    private readonly string? _beginning;
    private readonly bool _whole;

    private NamePattern(string beginning, bool whole) => (_beginning, _whole) = (beginning, whole);

    /// <summary>Null if it is none: a star stands only at the end.</summary>
    public static NamePattern? Parse(string text)
    {
        var whole = !text.EndsWith('*');
        var beginning = whole ? text : text[..^1];
        return (beginning.Length == 0 && !whole) || HubName.IsValidKey(beginning) ? new(beginning, whole) : null;
    }

    /// <summary>A pattern that nobody has set matches nothing.</summary>
    public bool Matches(string name) => _beginning is not null && (_whole ? name == _beginning : name.StartsWith(_beginning, StringComparison.Ordinal));

    /// <summary>All names with the other's beginning are among these.</summary>
    public bool Covers(string beginning) => _beginning is not null && !_whole && beginning.StartsWith(_beginning, StringComparison.Ordinal);

    public override string ToString() => _whole ? _beginning ?? "" : $"{_beginning}*";
}
