using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Building;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>What git's complaint means, and what to do.</summary>
internal static class GitFault
{
    private static readonly (string[] Said, string What, string Fix)[] s_known =
    [
        (["could not resolve host", "name or service not known", "temporary failure in name resolution"],
            "its host has no address here", "check the host's name in source.git, and the name servers of this host"),
        (["authentication failed", "could not read username", "could not read password", "terminal prompts disabled", "permission denied (publickey", "http basic: access denied", "403"],
            "it did not let us in", "give the user that runs Mainstay a deploy key or a credential helper that reads this repository"),
        (["host key verification failed"],
            "its host key is not known here", "connect once by hand as the user that runs Mainstay, or add the key to known_hosts"),
        (["connection refused", "connection timed out", "network is unreachable", "no route to host", "failed to connect", "could not connect"],
            "it cannot be reached", "check the address and the network, then deploy again"),
        (["repository not found", "does not appear to be a git repository", "not found", "does not exist"],
            "there is no repository", "check source.git; a private repository looks missing to those who may not read it"),
        (["no space left on device"], "the disk is full", "make room, e.g. with a smaller deploy.keep_releases"),
    ];

    public static (string What, string Fix) Explain(string repository, GitAnswer answer)
    {
        var shown = Shown(repository);
        if (answer.Outcome.NotStarted is { } reason)
        {
            return ($"git could not be started: {reason}", "install git on this host");
        }

        if (answer.Outcome.TimedOut)
        {
            return ($"git repository {shown} did not answer within {answer.Outcome.Took.TotalSeconds:0} s", "check the address and the network, then deploy again");
        }

        var said = string.Join('\n', answer.Outcome.LastLines);
        foreach (var (words, what, fix) in s_known)
        {
            if (words.Any(w => said.Contains(w, StringComparison.OrdinalIgnoreCase)))
            {
                return ($"git repository {shown}: {what} ({LastWord(answer)})", fix);
            }
        }

        return ($"git repository {shown}: git failed ({LastWord(answer)})", $"run `git ls-remote -- {shown}` by hand as the user that runs Mainstay");
    }

    public static WorkOutcome Failed(GitSourceSpec spec, GitAnswer answer)
    {
        var (what, fix) = Explain(spec.Repository, answer);
        return WorkOutcome.Failed($"{what}; fix: {fix}", Evidence(answer));
    }

    public static ImmutableArray<EvidenceBlock> Evidence(GitAnswer answer) =>
        answer.Outcome.LastLines.IsEmpty ? [] : [new("git", [.. answer.Outcome.LastLines.TakeLast(20).Select(Shown)])];

    /// <summary>Without the password that a URL may carry.</summary>
    public static string Shown(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return text;
        }

        var end = text.IndexOfAny(['/', ' ', '\''], scheme + 3);
        var at = text.LastIndexOf('@', end < 0 ? text.Length - 1 : end);
        return at > scheme ? $"{text[..(scheme + 3)]}***{text[at..]}" : text;
    }

    private static string LastWord(GitAnswer answer)
    {
        var lines = answer.Outcome.LastLines;
        var line = lines.LastOrDefault(l => l.StartsWith("fatal:", StringComparison.Ordinal) || l.StartsWith("error:", StringComparison.Ordinal)) ?? lines.LastOrDefault(l => l.Length > 0);
        return line is null ? CommandEnd.Of(answer.Outcome) : Shown(line);
    }
}
