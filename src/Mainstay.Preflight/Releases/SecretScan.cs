using System.Text.RegularExpressions;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Releases;

/// <summary>Keys, tokens and filled-in environment files that somebody committed. What they are is told, never what they say.</summary>
internal static partial class SecretScan
{
    private const int MostNamed = 3;

    private static readonly string[] s_templates = [".example", ".sample", ".template", ".dist", ".defaults"];

    private static readonly string[] s_testFolders = ["test", "tests", "__tests__", "spec", "fixtures", "testdata", "examples"];

    /// <summary>The group is what is random: the rest of a token is the same in every placeholder.</summary>
    private static readonly (Regex Pattern, string What)[] s_tokens =
    [
        (AwsPattern(), "an AWS access key"),
        (GooglePattern(), "a Google API key"),
        (StripePattern(), "a live Stripe key"),
        (SlackPattern(), "a Slack token"),
        (GitHubPattern(), "a GitHub token"),
        (GitLabPattern(), "a GitLab token"),
        (NpmPattern(), "an npm token"),
    ];

    public static IEnumerable<Problem> Run(ReleaseFiles files) => files.TextsOf(_ => true).SelectMany(f => In(f.File, f.Text));

    private static IEnumerable<Problem> In(ReleaseFile file, string text)
    {
        // Of a test's key nobody knows whether it opens anything, so it stops nothing.
        var severity = file.Path.Split('/').SkipLast(1).Any(s_testFolders.Contains) ? Severity.Warning : Severity.Error;
        if (PrivateKeyPattern().Match(text) is { Success: true } key)
        {
            yield return new Problem(
                ReleaseCodes.PrivateKeyInSource.Id,
                severity,
                Place(file, text, key.Index),
                $"{file.Path} holds a private key, which everybody has who has the source",
                "remove it from the repository and its history, make a new key, and keep that beside the manifest with mode 0600");
        }

        foreach (var (pattern, what) in s_tokens)
        {
            var token = pattern.Matches(text).FirstOrDefault(m => !m.Value.Contains("EXAMPLE", StringComparison.OrdinalIgnoreCase) && SecretRules.LooksReal(m.Groups[1].Value));
            if (token is not null)
            {
                yield return new Problem(
                    ReleaseCodes.TokenInSource.Id,
                    severity,
                    Place(file, text, token.Index),
                    $"{file.Path} holds what looks like {what}, which everybody has who has the source",
                    "revoke it, remove it from the source, and give the new one to the service by \"env_file\"");
            }
        }

        foreach (var problem in InEnvFile(file, text))
        {
            yield return problem;
        }
    }

    private static IEnumerable<Problem> InEnvFile(ReleaseFile file, string text)
    {
        if (!IsEnvFile(file.Name))
        {
            yield break;
        }

        EnvFileEntry[] secrets = [.. EnvFileReader.Read(file.Path, text).Entries.Where(e => SecretRules.LooksSecret(e.Name) && SecretRules.LooksReal(e.Value))];
        if (secrets is [var first, ..])
        {
            var names = string.Join(", ", secrets.Take(MostNamed).Select(e => e.Name)) + (secrets.Length > MostNamed ? $" and {secrets.Length - MostNamed} more" : "");
            yield return ReleaseCodes.SecretsInSource.Warning(
                new Where(file.Path, first.Line, 1, first.Name),
                $"{file.Path} lies in the source and sets {names}",
                "keep the file beside the manifest with mode 0600, name it under \"env_file\", and ignore it in git");
        }
    }

    private static bool IsEnvFile(string name) =>
        (name == ".env" || name.StartsWith(".env.", StringComparison.Ordinal) || name.EndsWith(".env", StringComparison.Ordinal))
        && !s_templates.Any(t => name.Contains(t, StringComparison.Ordinal));

    private static Where Place(ReleaseFile file, string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new Where(file.Path, before.Count('\n') + 1, index - before.LastIndexOf('\n'), "");
    }

    // With its content: a program that only knows how a key begins has none. Line ends may be written as \n.
    [GeneratedRegex(@"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----(?:\s|\\r|\\n|[""'+,]){0,40}(?:[A-Za-z-]{1,20}: [^\n]{0,200}\n\s{0,8}){0,4}[A-Za-z0-9+/=]{40}", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKeyPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:AKIA|ASIA)([A-Z0-9]{16})(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex AwsPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])AIza([A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant)]
    private static partial Regex GooglePattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])[sr]k_live_([A-Za-z0-9]{16,255})", RegexOptions.CultureInvariant)]
    private static partial Regex StripePattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])xox[abeoprs]-([A-Za-z0-9-]{16,255})", RegexOptions.CultureInvariant)]
    private static partial Regex SlackPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:gh[oprsu]|github_pat)_([A-Za-z0-9_]{36,255})", RegexOptions.CultureInvariant)]
    private static partial Regex GitHubPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])glpat-([A-Za-z0-9_-]{20,255})", RegexOptions.CultureInvariant)]
    private static partial Regex GitLabPattern();

    [GeneratedRegex(@"(?<![A-Za-z0-9])npm_([A-Za-z0-9]{36})(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex NpmPattern();
}
