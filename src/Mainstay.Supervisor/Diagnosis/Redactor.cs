using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>Takes secrets out of what is shown: the values of variables that look secret, and what looks like a password wherever it stands. Pure.</summary>
public sealed partial class Redactor
{
    private const string Hidden = "***";

    /// <summary>Shorter values are not secrets that anybody could keep, and hiding them would hide half of every line.</summary>
    private const int MinLength = 4;

    private static readonly ImmutableHashSet<string> Harmless =
        ["true", "false", "none", "null", "auto", "default", "enabled", "disabled", "production", "development", "staging", "test", "localhost"];

    private readonly ImmutableArray<string> _secrets;

    private Redactor(ImmutableArray<string> secrets) => _secrets = secrets;

    /// <summary>Knows the secrets of an environment by the names of its variables.</summary>
    public static Redactor Of(IEnumerable<KeyValuePair<string, string>> environment) => new([
        .. environment
            .SelectMany(v => LooksSecret(v.Key) ? SecretName(v.Value) : PasswordsIn(v.Value))
            .Where(s => s.Length >= MinLength && !Harmless.Contains(s))
            .SelectMany(Forms)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(s => s.Length)]);

    /// <summary>Whether the name of a variable says that its value is not to be shown.</summary>
    public static bool LooksSecret(string name) => SecretWord().IsMatch(name);

    public string Redact(string text)
    {
        text = Assigned().Replace(text, $"$1{Hidden}");
        text = Bearer().Replace(text, $"$1{Hidden}");
        text = UserInfo().Replace(text, $"$1{Hidden}@");
        for (var round = 0; _secrets.Any(s => text.Contains(s, StringComparison.Ordinal)); round++)
        {
            // What is left after hiding may be a secret again only if a secret looks like the mask; then the whole line is one.
            if (round == 3)
            {
                return Hidden;
            }

            text = HideSecrets(text);
        }

        return text;
    }

    /// <summary>Finds all of them first, so that two that overlap hide each other's rest.</summary>
    private string HideSecrets(string text)
    {
        var hidden = new bool[text.Length];
        foreach (var secret in _secrets)
        {
            for (var at = text.IndexOf(secret, StringComparison.Ordinal); at >= 0; at = text.IndexOf(secret, at + 1, StringComparison.Ordinal))
            {
                hidden.AsSpan(at, secret.Length).Fill(true);
            }
        }

        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            shown.Append(!hidden[i] ? text[i].ToString() : i == 0 || !hidden[i - 1] ? Hidden : "");
        }

        return shown.ToString();
    }

    /// <summary>The value, and of a value of several lines (a key in PEM) each line.</summary>
    private static IEnumerable<string> SecretName(string value) => value.Split('\n', StringSplitOptions.TrimEntries).Append(value).Distinct();

    private static IEnumerable<string> PasswordsIn(string value) => UserInfo().Matches(value).Select(m => m.Groups[2].Value);

    /// <summary>A secret as it may stand in a log: as it is, in a URL, in JSON, in a Basic authorization.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return JsonEncodedText.Encode(secret).ToString();
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
    }

    [GeneratedRegex("(?i)(?:secret|token|passw|pwd|passphrase|credential|private|api_?key|access_?key|signing|encryption|salt|(?:^|_)(?:key|auth|pass|dsn|jwt|pem|cert)(?:$|_))")]
    private static partial Regex SecretWord();

    [GeneratedRegex("(?i)(\\b[\\w-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[\"']?\\s*[=:]\\s*[\"']?)(?!\\s|undefined\\b|null\\b|\\*\\*\\*)[^\\s\"',;&]{4,}")]
    private static partial Regex Assigned();

    [GeneratedRegex("(?i)(\\b(?:bearer|basic)\\s+)[A-Za-z0-9._~+/=-]{8,}")]
    private static partial Regex Bearer();

    [GeneratedRegex("(://[^\\s:/@]*:)([^\\s/@]+)@")]
    private static partial Regex UserInfo();
}
