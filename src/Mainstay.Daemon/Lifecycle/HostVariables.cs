using System.Collections.Immutable;
using Mainstay.Linux.Processes;

namespace Mainstay.Daemon.Lifecycle;

/// <summary>PATH, HOME, USER, LANG and TZ as a service gets them; nothing else of the daemon's environment leaks into services.</summary>
internal static class HostVariables
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static string SearchPath => Own("PATH") ?? UsualPath;

    /// <param name="user">The account that the service runs as; null for the daemon's own.</param>
    public static ImmutableSortedDictionary<string, string> Of(string? user)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        variables["PATH"] = SearchPath;
        var account = UserAccount.Find(user ?? Environment.UserName);
        variables["USER"] = account?.Name ?? user ?? Environment.UserName;
        variables["HOME"] = account?.Home ?? Own("HOME") ?? "/";
        foreach (var name in new[] { "LANG", "TZ" })
        {
            if (Own(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables.ToImmutable();
    }

    private static string? Own(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
