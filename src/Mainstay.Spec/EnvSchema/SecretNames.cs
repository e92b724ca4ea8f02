namespace Mainstay.Spec.EnvSchema;

internal enum SecretKind
{
    None,
    Secret,

    /// <summary>Chosen by people, so shorter ones are usual.</summary>
    Password,
}

/// <summary>Which variables hold secrets, as far as a name can tell. The last word decides what a name is about: TOKEN_TTL is a duration.</summary>
internal static class SecretNames
{
    private static readonly HashSet<string> Passwords = ["PASSWORD", "PASSWD", "PASSPHRASE", "PASS"];

    private static readonly HashSet<string> Secrets = ["SECRET", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "PEPPER"];

    /// <summary>Keys that are no secrets, by the word before KEY.</summary>
    private static readonly HashSet<string> OpenKeys =
    [
        "PUBLIC", "PUBLISHABLE", "PARTITION", "PRIMARY", "FOREIGN", "SORT", "CACHE", "ROUTING", "SITE", "ANON",
        "QUEUE", "STREAM", "LOCK", "REDIS", "HASH", "MAP", "INDEX", "OBJECT", "BUCKET", "IDEMPOTENCY", "HEADER", "CONFIG", "FEATURE", "HOT",
    ];

    public static SecretKind Guess(string name)
    {
        var words = name.ToUpperInvariant().Split(['_', '-', '.'], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [.., var last] when Passwords.Contains(last) => SecretKind.Password,
            [.., var last] when Secrets.Contains(last) => SecretKind.Secret,
            [.., var before, "KEY"] when OpenKeys.Contains(before) => SecretKind.None,
            [.., _, "KEY"] => SecretKind.Secret,
            [.., var last] when last.Length > 8 && last.EndsWith("PASSWORD", StringComparison.Ordinal) => SecretKind.Password,
            [.., var last] when last.Length > 6 && last.EndsWith("SECRET", StringComparison.Ordinal) => SecretKind.Secret,

            // SECRET_1, TOKEN_OLD, PASSWORD_PREVIOUS: still the secret, kept for its rotation.
            [.., _, "OLD" or "NEW" or "PREVIOUS" or "NEXT" or "CURRENT" or "BASE64" or "1" or "2" or "3"] => Guess(string.Join('_', words[..^1])),
            _ => SecretKind.None,
        };
    }
}
