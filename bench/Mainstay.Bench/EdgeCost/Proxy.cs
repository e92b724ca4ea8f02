using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.Bench.EdgeCost;

/// <summary>One proxy in front of the site, listening in clear and with TLS. Each is set up as its documentation advises for two cores.</summary>
internal abstract class Proxy(string name) : IAsyncDisposable
{
    public string Name => name;

    public int Clear { get; } = FreePort.Take();

    public int Tls { get; } = FreePort.Take();

    /// <summary>The processes that traffic costs something.</summary>
    public abstract IReadOnlyList<int> Pids { get; }

    public abstract Task<string> VersionAsync();

    public abstract Task StartAsync(Site site);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A proxy that is one child process, perhaps with workers of its own.</summary>
internal abstract class ChildProxy(string name) : Proxy(name)
{
    private Child? _child;

    public override IReadOnlyList<int> Pids => ProcFs.Tree(_child!.Pid);

    public override async Task StartAsync(Site site)
    {
        var (program, arguments) = Configure(site);
        _child = Child.Start(program, arguments, site.Folder, [("HOME", site.Folder)]);
        await Eventually.TrueAsync($"{Name} listens: {_child.Err}", () => (!FreePort.IsFree(Clear) && !FreePort.IsFree(Tls)) || _child.HasExited);
        if (_child.HasExited)
        {
            throw new HarnessException($"{Name} ended: {_child.Out}{_child.Err}");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_child is { } child)
        {
            child.Send(Signal.Term);
            await Eventually.TrueAsync($"{Name} is gone", () => child.HasExited);
            await child.DisposeAsync();
        }
    }

    protected abstract (string Program, string[] Arguments) Configure(Site site);
}
