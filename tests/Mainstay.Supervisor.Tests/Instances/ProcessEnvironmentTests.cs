using System.Collections.Immutable;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Tests.Instances;

public class ProcessEnvironmentTests
{
    private static readonly ProcessIdentification Process = new("shop", "api", 1, "r1", "api-2.r7", 41_001, null, null, InheritsSocket: false);

    [Fact]
    public void A_process_gets_what_is_declared_the_five_names_of_the_host_and_what_Mainstay_knows_and_nothing_else() => Assert.Equal(
        [
            "HOME=/home/app", "LANG=C.UTF-8", "MAINSTAY_INSTANCE=1", "MAINSTAY_RELEASE=r1", "MAINSTAY_RUN=api-2.r7", "MAINSTAY_SERVICE=api", "MAINSTAY_STACK=shop",
            "NODE_ENV=production", "PATH=/bin", "PORT=41001", "TZ=UTC", "USER=app",
        ],
        Of(
            [("PATH", "/bin"), ("HOME", "/home/app"), ("USER", "app"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("SSH_AUTH_SOCK", "/tmp/x"), ("AWS_SECRET_ACCESS_KEY", "hidden")],
            [("NODE_ENV", "production")],
            Process));

    [Fact]
    public void What_is_declared_wins_over_the_host_and_the_port_that_was_chosen_wins_over_both()
    {
        var environment = Of([("PATH", "/bin")], [("PATH", "/opt/node/bin:/bin"), ("PORT", "3000")], Process);

        Assert.Contains("PATH=/opt/node/bin:/bin", environment);
        Assert.Contains("PORT=41001", environment);
    }

    [Fact]
    public void A_service_that_notifies_is_told_where_and_how_often_and_one_that_inherits_is_told_of_its_socket()
    {
        var environment = Of([], [], Process with { Port = null, NotifySocket = "/run/n/api-2.r7", Watchdog = TimeSpan.FromSeconds(30), InheritsSocket = true });

        Assert.Contains("NOTIFY_SOCKET=/run/n/api-2.r7", environment);
        Assert.Contains("WATCHDOG_USEC=30000000", environment);
        Assert.Contains("LISTEN_FDS=1", environment);
        Assert.DoesNotContain(environment, e => e.StartsWith("PORT=", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Of((string Name, string Value)[] host, (string Name, string Value)[] declared, ProcessIdentification process) =>
        ProcessEnvironment.Of(ToDictionary(host), ToDictionary(declared), process).Select(v => $"{v.Key}={v.Value}");

    private static ImmutableSortedDictionary<string, string> ToDictionary((string Name, string Value)[] variables) =>
        variables.ToImmutableSortedDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
}
