using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Edge.Forwarding;

/// <summary>What stands behind the method: kept as the client wrote it, except for what a route strips.</summary>
internal static class RequestTarget
{
    /// <summary>A client that takes us for a forward proxy writes the whole URL; an origin server expects the path only.</summary>
    public static ReadOnlySpan<char> OriginForm(string rawTarget)
    {
        if (rawTarget.Length == 0 || rawTarget[0] is '/' or '*')
        {
            return rawTarget;
        }

        var scheme = rawTarget.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return default;
        }

        var rest = rawTarget.AsSpan(scheme + 3);
        var path = rest.IndexOfAny('/', '?');
        return path < 0 ? "/" : rest[path] == '/' ? rest[path..] : "/" + rest[path..].ToString();
    }

    /// <summary>Takes <paramref name="prefix"/> off. The raw text is kept behind it; only when the raw text hides the prefix (dot segments) the decoded path is encoded anew.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> target, string prefix, string path, string query)
    {
        var end = RawLength(target, prefix);
        if (end >= 0 && !HasDotSegment(target))
        {
            var rest = target[end..];
            return rest.IsEmpty ? "/" : rest[0] == '/' ? rest : "/" + rest.ToString();
        }

        var stripped = path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;
        return new PathString(stripped.Length == 0 ? "/" : stripped).ToUriComponent() + query;
    }

    /// <summary>How much of the raw text decodes to the prefix, ending at a segment's end; -1 when it does not.</summary>
    private static int RawLength(ReadOnlySpan<char> target, string prefix)
    {
        var at = 0;
        foreach (var expected in prefix)
        {
            if (at >= target.Length)
            {
                return -1;
            }

            var (c, width) = (target[at], 1);
            if (c == '%' && at + 2 < target.Length && byte.TryParse(target.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var decoded))
            {
                (c, width) = ((char)decoded, 3);
            }

            if (c != expected)
            {
                return -1;
            }

            at += width;
        }

        return at == target.Length || target[at] is '/' or '?' ? at : -1;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> target)
    {
        var question = target.IndexOf('?');
        var path = question < 0 ? target : target[..question];
        return path.Contains("/.", StringComparison.Ordinal) || path.Contains("/%2e", StringComparison.OrdinalIgnoreCase);
    }
}
