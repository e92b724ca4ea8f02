using System.Collections.Immutable;
using System.Globalization;

namespace Mainstay.Supervisor.Instances;

/// <summary>What one process is told about itself.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Data">Where a service that ships with Mainstay keeps what must survive it; null for all others.</param>
/// <param name="Watchdog">Longest silence that its watchdog allows, in <c>WATCHDOG_USEC</c>.</param>
internal sealed record ProcessIdentification(
    string Stack,
    string Service,
    int Index,
    string Release,
    string RunId,
    int? Port,
    string? NotifySocket,
    TimeSpan? Watchdog,
    bool InheritsSocket,
    string? Data = null);

/// <summary>The environment of a process: what the host gives every program, then what the manifest declares, then what Mainstay knows. Nothing else leaks in.</summary>
internal static class ProcessEnvironment
{
    private static readonly string[] OfHost = ["PATH", "HOME", "USER", "LANG", "TZ"];

    /// <param name="host">Of the daemon, with HOME and USER of the target user; only the five names of the contract are taken.</param>
    public static ImmutableSortedDictionary<string, string> Of(
        ImmutableSortedDictionary<string, string> host,
        ImmutableSortedDictionary<string, string> declared,
        ProcessIdentification process)
    {
        var environment = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in OfHost)
        {
            if (host.TryGetValue(name, out var value))
            {
                environment[name] = value;
            }
        }

        // A declared value wins over the host's; Mainstay's own win over both, because two truths about a port are an outage.
        environment.SetItems(declared);
        environment.SetItems(Own(process));
        return environment.ToImmutable();
    }

    private static void SetItems(this ImmutableSortedDictionary<string, string>.Builder environment, IEnumerable<KeyValuePair<string, string>> items)
    {
        foreach (var (name, value) in items)
        {
            environment[name] = value;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Own(ProcessIdentification process)
    {
        yield return new("MAINSTAY_STACK", process.Stack);
        yield return new("MAINSTAY_SERVICE", process.Service);
        yield return new("MAINSTAY_INSTANCE", process.Index.ToString(CultureInfo.InvariantCulture));
        yield return new("MAINSTAY_RELEASE", process.Release);

        // On its way to the process the host puts the mark of the home in front of it.
        yield return new("MAINSTAY_RUN", process.RunId);
        if (process.Port is { } port)
        {
            yield return new("PORT", port.ToString(CultureInfo.InvariantCulture));
        }

        if (process.Data is { } data)
        {
            yield return new("MAINSTAY_DATA", data);
        }

        if (process.NotifySocket is { } socket)
        {
            yield return new("NOTIFY_SOCKET", socket);
        }

        if (process.Watchdog is { } silence)
        {
            yield return new("WATCHDOG_USEC", ((long)silence.TotalMicroseconds).ToString(CultureInfo.InvariantCulture));
        }

        if (process.InheritsSocket)
        {
            yield return new("LISTEN_FDS", "1");
        }
    }
}
