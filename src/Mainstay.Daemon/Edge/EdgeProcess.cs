using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;
using Mainstay.Linux.Signals;

namespace Mainstay.Daemon.Edge;

/// <summary>Starts workers as `mainstay edge` from the daemon's own executable, with the listening sockets as descriptors 3 and up.</summary>
internal sealed class EdgeProcessLauncher(HomeLayout home, Spawner spawner, EventLoop loop) : IEdgeLauncher
{
    private const int FirstDescriptor = 3;

    public IEdgeProcess Launch(int worker, string controlSocket, ImmutableArray<(string Address, int Descriptor)> listeners)
    {
        var program = Environment.ProcessPath ?? throw new EdgeLaunchException("the daemon's own executable is not known");
        using var log = File.OpenHandle(home.EdgeLog, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var output = ChildOutput.ToDescriptor((int)log.DangerousGetHandle());
        var outcome = spawner.Spawn(new SpawnSpec
        {
            Argv = [program, "edge", "--control", controlSocket],
            Directory = "/",
            Environment = Variables(home, listeners),
            Stdout = output,
            Stderr = output,
            Descriptors = [.. listeners.Select((l, i) => (l.Descriptor, FirstDescriptor + i))],
        });
        return outcome switch
        {
            SpawnOutcome.Started(var process) => new EdgeProcess(process.Follow(loop)),
            SpawnOutcome.Failed(var stage, _, var message) => throw new EdgeLaunchException($"{stage.Phrase()}: {message}"),
            _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
        };
    }

    public IEdgeProcess? Adopt(EdgeRecord record) =>
        PidFd.Open(new ProcessIdentity(record.Pid, record.StartTicks)) is { } process ? new EdgeProcess(process.Follow(loop)) : null;

    private static Dictionary<string, string> Variables(HomeLayout home, ImmutableArray<(string Address, int Descriptor)> listeners)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MAINSTAY_LISTENERS"] = string.Join(';', listeners.Select((l, i) => string.Create(CultureInfo.InvariantCulture, $"{FirstDescriptor + i}={l.Address}"))),

            ["MAINSTAY_EDGE_DATA"] = home.Edge,

            // Read by the runtime before any of our code runs. Together with Kestrel's own switch it saves a thread hop for each read and
            // write; only one of the two would cost more than none (docs/decisions).
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",

            // Profile-guided recompilation pays in the data plane; the other roles do without its memory.
            ["DOTNET_TieredPGO"] = "1",
        };
        foreach (var name in new[] { "PATH", "HOME", "LANG", "TZ", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SSL_CERT_DIR", "SSL_CERT_FILE" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    private sealed class EdgeProcess(PidFd process) : IEdgeProcess
    {
        public ProcessIdentity Identity => process.Identity;

        public Task<ExitStatus> Exited => process.Exited;

        public void Kill() => process.Signal(SignalNumber.SIGKILL);

        public void Dispose() => process.Dispose();
    }
}
