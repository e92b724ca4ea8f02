namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>A W3C traceparent of version 00: <c>00-32hex-16hex-2hex</c>, in lower case, neither id all zeros.</summary>
internal static class TraceParent
{
    public static bool IsValid(string text) =>
        text.Length == 55 && text.StartsWith("00-", StringComparison.Ordinal) && text[35] == '-' && text[52] == '-'
        && IsHex(text.AsSpan(3, 32)) && IsHex(text.AsSpan(36, 16)) && IsHex(text.AsSpan(53, 2))
        && text.AsSpan(3, 32).ContainsAnyExcept('0') && text.AsSpan(36, 16).ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdef");
}
