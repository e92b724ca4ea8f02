namespace Mainstay.Cli.Verbs;

/// <summary>Who asks, as a rollout's record keeps it: the person at the keyboard, not the account that <c>sudo</c> lends.</summary>
internal static class Asker
{
    private const int MaxLength = 100;

    public static string Of(CliHost host)
    {
        var user = Named(host, "SUDO_USER") ?? Named(host, "USER") ?? Named(host, "LOGNAME") ?? Environment.UserName;
        var who = $"{user}@{Environment.MachineName}";
        return who.Length <= MaxLength ? who : who[..MaxLength];
    }

    private static string? Named(CliHost host, string variable) => host.Environment.GetValueOrDefault(variable) is { Length: > 0 } name ? name : null;
}
