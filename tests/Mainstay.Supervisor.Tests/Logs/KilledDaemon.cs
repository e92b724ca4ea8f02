using System.Diagnostics;
using System.Runtime.CompilerServices;
using Mainstay.Contracts;
using Mainstay.Linux.Polling;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Supervisor.Tests.Logs;

/// <summary>This executable run again as nothing but a log store, to be killed for real.</summary>
internal static class KilledDaemon
{
    private const string HomeVariable = "MAINSTAY_TEST_LOG_DAEMON";

    public static LogsSpec Limits { get; } = new(MaxSize: 300_000, MaxFiles: 100_000);

    public static Process Start(HomeLayout home)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        start.Environment[HomeVariable] = home.Root;
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void BecomeDaemonWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(HomeVariable) is not { } home)
        {
            return;
        }

        var loop = new EventLoop(e => Environment.FailFast("callback", e));
        var store = new LogStore(new HomeLayout(home), loop, TimeProvider.System, NullLogger<LogStore>.Instance);
        store.Capture(new ServiceName("api"), "api-1", "r1", Limits, null);

        // Ends with the test, if that ends before it kills us.
        while (Console.In.Read() >= 0)
        {
        }

        Environment.Exit(0);
    }
}
