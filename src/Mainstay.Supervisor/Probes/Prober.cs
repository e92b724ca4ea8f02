using Mainstay.Linux.Polling;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>Asks services whether they are well: by HTTP, by TCP, by a command. Keeps nothing between two probes.</summary>
public sealed class Prober : IProber, IDisposable
{
    private readonly CommandProbe _commands;
    private readonly TimeProvider _time;

    /// <param name="loop">Notices the end of commands.</param>
    public Prober(Spawner spawner, EventLoop loop, ProcScanner processes, TimeProvider time)
    {
        _commands = new CommandProbe(spawner, loop, processes);
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken token)
    {
        var at = _time.GetUtcNow();
        var started = _time.GetTimestamp();
        var progress = new ProbeProgress();
        var (outcome, detail) = await AskAsync(target, progress, token).ConfigureAwait(false);
        return new ProbeResult(at, outcome, _time.GetElapsedTime(started), detail);
    }

    public void Dispose() => _commands.Dispose();

    private async Task<(ProbeOutcome, string)> AskAsync(ProbeTarget target, ProbeProgress progress, CancellationToken token)
    {
        try
        {
            if (target.Probe is CommandProbeSpec command)
            {
                return await _commands.RunAsync(command, target, _time, token).ConfigureAwait(false);
            }

            using var timeout = new CancellationTokenSource(target.Timeout, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
            return (target.Probe, target.Port) switch
            {
                (HttpProbeSpec http, { } port) => await HttpProbe.RunAsync(http, port, progress, both.Token).ConfigureAwait(false),
                (TcpProbeSpec, { } port) => await TcpProbe.RunAsync(port, progress, both.Token).ConfigureAwait(false),
                (NotifyProbeSpec, _) => (ProbeOutcome.Broken, "a service with notify: true speaks for itself and is not asked"),
                _ => (ProbeOutcome.Broken, "the service has no port to ask"),
            };
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return (ProbeOutcome.Broken, "the probe was given up");
        }
        catch (OperationCanceledException)
        {
            return (ProbeOutcome.TimedOut, $"{progress.Said} within {target.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception e)
        {
            // A probe never throws: whatever went wrong is a probe that did not pass, and says why.
            return (ProbeOutcome.Broken, e.Message);
        }
    }
}
