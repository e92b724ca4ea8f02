namespace Mainstay.Realtime.Auth;

/// <summary>Values of one name in a query as received.</summary>
internal static class QueryText
{
    public static IEnumerable<string> Values(string query, string name)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && Uri.UnescapeDataString(pair[..equals]) == name)
            {
                yield return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }
    }
}
