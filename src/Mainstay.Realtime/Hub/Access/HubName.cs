namespace Mainstay.Realtime.Hub.Access;

/// <summary>What a name on the wire may look like: 1-128 of <c>A-Z a-z 0-9 . _ : -</c>. A slash is not among them, so names can be put together without being mistaken for each other.</summary>
internal static class HubName
{
    public const int MaxLength = 128;

    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(Allowed);

    /// <summary>An operation: a name, and <c>$</c> in front for those that the hub itself asks.</summary>
    public static bool IsValidOp(ReadOnlySpan<char> text) => IsValid(text is ['$', .. var rest] ? rest : text);

    /// <summary>A status key: a name that may have slashes.</summary>
    public static bool IsValidKey(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(AllowedInKeys);

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");
    private static readonly System.Buffers.SearchValues<char> AllowedInKeys = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-/");
}
