using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Daemon.Switches;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>The supervisor's traffic port, carried out by edge workers: every publish becomes a new snapshot, whole and numbered.</summary>
internal sealed class EdgeTraffic(EdgeKeeper keeper, SwitchStore switches, TimeProvider clock, ILogger<EdgeTraffic> logger) : ITraffic, IDisposable
{
    /// <summary>A worker applies a snapshot within milliseconds. One that does not answer is stuck, and waiting longer for it would hold up everything else.</summary>
    private static readonly TimeSpan ApplyDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Whoever renews certificates tells nobody.</summary>
    private static readonly TimeSpan LookAtCertificates = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ServiceName, ServiceTraffic> _services = [];
    private readonly Dictionary<ServiceName, CanarySpec> _canaries = [];
    private StackSpec? _stack;
    private long _version = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private string _stamps = "";
    private ITimer? _looking;
    private bool _open;

    /// <summary>Nothing is sent before this: after a daemon's death the edge must keep its last snapshot until the supervisor knows every instance again.</summary>
    public Task OpenAsync(CancellationToken token)
    {
        lock (_gate)
        {
            _open = true;
            _looking ??= clock.CreateTimer(_ => SendRenewed(), null, LookAtCertificates, LookAtCertificates);
        }

        return SendAsync(token);
    }

    public Task UseAsync(StackSpec? stack, CancellationToken token)
    {
        lock (_gate)
        {
            _stack = stack;
        }

        return SendAsync(token);
    }

    public Task PublishAsync(ServiceTraffic traffic, CancellationToken token)
    {
        lock (_gate)
        {
            _services[traffic.Service] = traffic;
        }

        return SendAsync(token);
    }

    /// <summary>Says which requests a service's candidates get; null: none. Stands until it is changed, whatever is published. Completes as publishing does.</summary>
    public Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token)
    {
        lock (_gate)
        {
            if (rule is null)
            {
                _canaries.Remove(service);
            }
            else
            {
                _canaries[service] = rule;
            }
        }

        return SendAsync(token);
    }

    /// <summary>Tells the workers what they know already. With their answer comes everything that they have counted until then.</summary>
    public Task TellAgainAsync(CancellationToken token) => SendAsync(token);

    public bool HasRoute(ServiceName service)
    {
        lock (_gate)
        {
            return _stack is { } stack && stack.Routes.Any(r => r.Service == service);
        }
    }

    public async Task<DrainOutcome> DrainedAsync(string endpointId, TimeSpan deadline, CancellationToken token)
    {
        var links = keeper.Links();
        try
        {
            await Task.WhenAll(links.Select(l => l.IdleAsync(endpointId))).WaitAsync(deadline, clock, token);
            return new(Idle: true, 0, 0);
        }
        catch (TimeoutException)
        {
            var left = links.Select(l => l.Left(endpointId)).ToArray();
            return new(left.All(l => l.Idle), left.Sum(l => l.RequestsLeft), left.Sum(l => l.WebSocketsLeft));
        }
    }

    public void Dispose() => _looking?.Dispose();

    private void SendRenewed()
    {
        lock (_gate)
        {
            if (_stack is null || Stamps(_stack) == _stamps)
            {
                return;
            }
        }

        logger.EdgeCertificatesChanged();
        _ = SendAsync(CancellationToken.None);
    }

    private async Task SendAsync(CancellationToken token)
    {
        EdgeSnapshot snapshot;
        ImmutableArray<EdgeLink> links;
        lock (_gate)
        {
            if (!_open || _stack is null)
            {
                return;
            }

            _stamps = Stamps(_stack);
            snapshot = EdgeSnapshotBuilder.Build(++_version, _stack, _services, _canaries, [.. switches.All(_stack.Switches).Select(s => new EdgeSwitch(s.Name, s.On, s.Default, s.Until?.ToUnixTimeMilliseconds()))], Stamp);
            links = keeper.Offer(snapshot);
        }

        try
        {
            await Task.WhenAll(links.Select(l => l.AppliedAsync(snapshot.Version))).WaitAsync(ApplyDeadline, clock, token);
        }
        catch (TimeoutException)
        {
            logger.EdgeSlowToApply(snapshot.Version, ApplyDeadline.TotalSeconds);
        }

        // A worker that knows a higher version than ours heard it from an earlier daemon whose clock was ahead.
        var known = links.Select(l => l.Applied).DefaultIfEmpty().Max();
        lock (_gate)
        {
            if (known <= _version)
            {
                return;
            }

            _version = known;
        }

        await SendAsync(token);
    }

    private static string Stamps(StackSpec stack) => string.Join(' ', stack.Edge.Certificates.Select(Stamp));

    /// <summary>Changes whenever one of the two files was written, so that the edge reads them again.</summary>
    private static string Stamp(CertificateSpec certificate) =>
        $"{File.GetLastWriteTimeUtc(certificate.CertFile).Ticks}-{File.GetLastWriteTimeUtc(certificate.KeyFile).Ticks}";
}
