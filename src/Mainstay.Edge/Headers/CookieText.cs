namespace Mainstay.Edge.Headers;

/// <summary>Looks for one cookie in what a client sent, without trusting that it is well formed.</summary>
internal static class CookieText
{
    /// <summary>Name and value as they stand, with case: no quotes are taken off, nothing is decoded.</summary>
    /// <param name="field">A Cookie field: <c>a=1; b=2</c>.</param>
    public static bool Has(ReadOnlySpan<char> field, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        foreach (var range in field.Split(';'))
        {
            var pair = field[range].Trim(" \t");
            var equals = pair.IndexOf('=');
            if (equals >= 0 && pair[..equals].SequenceEqual(name) && pair[(equals + 1)..].SequenceEqual(value))
            {
                return true;
            }
        }

        return false;
    }
}
