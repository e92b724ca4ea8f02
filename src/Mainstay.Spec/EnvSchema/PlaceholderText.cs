namespace Mainstay.Spec.EnvSchema;

/// <summary>Values that come from a template or a tutorial: anybody can guess them.</summary>
internal static class PlaceholderText
{
    /// <summary>A value that consists of nothing but these words and a few digits is nobody's secret.</summary>
    private static readonly HashSet<string> Words =
    [
        "a", "abc", "access", "add", "admin", "an", "and", "api", "app", "at", "auth", "bar", "baz", "change", "changed", "changeit", "changeme", "characters", "chars",
        "client", "cookie", "data", "database", "db", "default", "demo", "dev", "development", "dummy", "encryption", "enter", "env", "example", "fake", "fill", "foo",
        "foobar", "guest", "here", "hunter", "id", "in", "insecure", "insert", "is", "jwt", "key", "least", "letmein", "local", "localhost", "long", "master", "me", "minimum",
        "my", "mysecret", "mysql", "need", "needs", "nil", "none", "not", "null", "of", "only", "or", "pass", "passphrase", "passwd", "password", "placeholder", "please", "postgres",
        "private", "prod", "production", "put", "pwd", "qwerty", "random", "redis", "replace", "root", "sample", "secret", "secure", "server", "service", "session", "set",
        "sign", "signing", "some", "staging", "string", "super", "supersecret", "temp", "test", "testing", "the", "this", "tmp", "to", "todo", "token", "undefined", "unsafe",
        "use", "user", "value", "very", "webhook", "with", "xxx", "you", "your", "yours", "yourself", "asdf",
    ];

    private const int LongestWord = 12;
    private const int LongestPlaceholder = 80;

    /// <summary>More than these are not decoration.</summary>
    private const int MostDigits = 6;

    public static bool Is(string value)
    {
        var text = value.Trim().ToLowerInvariant();
        return text switch
        {
            "" or { Length: > LongestPlaceholder } => false,
            ['<', .., '>'] or ['{', '{', .., '}', '}'] or ['[', .., ']'] => true,
            _ when text.StartsWith("your-", StringComparison.Ordinal) || text.StartsWith("your_", StringComparison.Ordinal) => true,
            _ when text.Contains("changeme", StringComparison.Ordinal) || text.Contains("change-me", StringComparison.Ordinal) || text.Contains("change_me", StringComparison.Ordinal) => true,
            _ => text.Count(char.IsAsciiDigit) <= MostDigits && (text.Distinct().Count() == 1 || OfWordsOnly(Letters(text)) || OfWordsOnly(Letters(Undisguised(text)))),
        };
    }

    /// <summary>Other signs only separate words.</summary>
    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    /// <summary>P@ssw0rd and s3cr3t deceive nobody.</summary>
    private static string Undisguised(string text) => string.Concat(text.Select(c => c switch
    {
        '@' or '4' => 'a',
        '3' => 'e',
        '1' => 'i',
        '0' => 'o',
        '5' or '$' => 's',
        _ => c,
    }));

    /// <summary>Whether the letters can be cut into known words, digits skipped: reached[i] says that the first i characters can.</summary>
    private static bool OfWordsOnly(string text)
    {
        var reached = new bool[text.Length + 1];
        reached[0] = true;
        for (var end = 1; end <= text.Length; end++)
        {
            reached[end] = (reached[end - 1] && char.IsAsciiDigit(text[end - 1])) || Enumerable.Range(Math.Max(0, end - LongestWord), Math.Min(end, LongestWord))
                .Any(start => reached[start] && Words.Contains(text[start..end]));
        }

        return text.Any(char.IsLetter) && reached[^1];
    }
}
