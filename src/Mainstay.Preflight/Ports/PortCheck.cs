using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Ports;

/// <summary>
/// Whether every fixed port and every address of the edge is free. The kernel decides, by a bind that is undone at once; its tables then only
/// explain, so that a listener on another address or for IPv6 alone is no false alarm.
/// </summary>
internal sealed class PortCheck(ReadableManifest manifest, PreflightHost host, HolderText text, Findings findings)
{
    private readonly IHostFacts _facts = host.Facts;

    public void Run(ImmutableArray<ServiceCase> services)
    {
        var fixedPorts = services.Where(s => s.Service.Port.Kind is PortKind.Fixed).ToArray();
        var inUse = fixedPorts.Select(s => s.Service.Port.Number).Where(AnyHeld)
            .Concat(manifest.Stack.Edge.Listen.Where(l => AnswerFor(l) is PortAnswer.Held).Select(l => l.Port))
            .ToHashSet();
        var holders = inUse.Count == 0 ? [] : _facts.Holders(inUse);
        foreach (var service in fixedPorts)
        {
            CheckService(service, holders);
        }

        foreach (var listen in manifest.Stack.Edge.Listen)
        {
            CheckEdge(listen, holders);
        }
    }

    private void CheckService(ServiceCase service, ImmutableArray<PortHolder> holders)
    {
        var port = service.Service.Port.Number;
        var where = findings.At(service.Service.Span, "port");
        if (port < _facts.FirstFreePort && !service.User.IsRoot)
        {
            findings.Warn(
                HostCodes.PortNotPermitted,
                where,
                $"{service.Subject} runs as user \"{service.User.Name}\", who may not listen on port {port} unless its program has CAP_NET_BIND_SERVICE",
                $"use a port from {_facts.FirstFreePort} on behind the edge, run the service as root, or give its program the right (setcap cap_net_bind_service=+ep)");
        }

        if (!AnyHeld(port))
        {
            return;
        }

        var strangers = holders.Where(h => h.Socket.Port == port && !IsOurs(h)).ToArray();
        var inTheWay = strangers.FirstOrDefault(h => h.Socket.IsWildcard || IPAddress.IsLoopback(h.Socket.Address));
        if (inTheWay is not null)
        {
            findings.Error(HostCodes.PortHeld, where, $"port {port} of {service.Subject} is held by {text.Who(inTheWay)}", HolderText.HowToFree(inTheWay, $"give {service.Subject} another port, or port: auto"));
        }
        else if (strangers.FirstOrDefault() is { } elsewhere)
        {
            findings.Warn(
                HostCodes.PortHeldElsewhere,
                where,
                $"port {port} of {service.Subject} is held on {elsewhere.Socket.Address} only, by {text.Who(elsewhere)}",
                HolderText.HowToFree(elsewhere, $"let {service.Subject} listen on 127.0.0.1 only"));
        }
        else if (!holders.Any(h => h.Socket.Port == port))
        {
            findings.Warn(
                HostCodes.PortHeldElsewhere,
                where,
                $"port {port} of {service.Subject} is in use by a connection or by a process that does not listen on it",
                string.Create(CultureInfo.InvariantCulture, $"try again in a moment; ss -tanp 'sport = :{port}' shows it; a port outside the range of outgoing connections (net.ipv4.ip_local_port_range) avoids it"));
        }
    }

    private void CheckEdge(ListenSpec listen, ImmutableArray<PortHolder> holders)
    {
        var where = findings.At(listen.Span);
        switch (AnswerFor(listen))
        {
            case PortAnswer.Held:
                CheckEdgeHolders(listen, where, holders);
                break;

            case PortAnswer.NotPermitted:
                findings.Error(
                    HostCodes.PortNotPermitted,
                    where,
                    $"the edge may not listen on {listen}: user \"{_facts.Self.Name}\" has no right to ports below {_facts.FirstFreePort}",
                    $"run Mainstay as root, use a port from {_facts.FirstFreePort} on, or allow it: sysctl net.ipv4.ip_unprivileged_port_start={listen.Port}");
                break;

            case PortAnswer.NoSuchAddress:
                findings.Error(HostCodes.AddressNotHere, where, $"the edge cannot listen on {listen}: this host has no address {listen.Address}", "use an address of this host (ip address shows them), or 0.0.0.0 for all");
                break;

            case PortAnswer.Free or PortAnswer.Unknown:
                break;
        }
    }

    private void CheckEdgeHolders(ListenSpec listen, Where where, ImmutableArray<PortHolder> holders)
    {
        var onPort = holders.Where(h => h.Socket.Port == listen.Port).ToArray();
        if (onPort.Where(h => !IsOurs(h)).OrderByDescending(h => h.Socket.Address.ToString() == listen.Address).ThenByDescending(h => h.Socket.IsWildcard).FirstOrDefault() is { } stranger)
        {
            findings.Error(HostCodes.PortHeld, where, $"the edge's address {listen} is held by {text.Who(stranger)}", HolderText.HowToFree(stranger, "change edge.listen"));
        }
        else if (onPort.Length == 0)
        {
            findings.Error(
                HostCodes.PortHeld,
                where,
                $"the edge's address {listen} is in use by a connection or by a process that does not listen on it",
                $"try again in a moment; ss -tanp 'sport = :{listen.Port}' shows it; or change edge.listen");
        }
    }

    /// <summary>Where services usually listen: loopback, every IPv4 address, every address.</summary>
    private bool AnyHeld(int port) => ((IPAddress[])[IPAddress.Loopback, IPAddress.Any, IPAddress.IPv6Any]).Any(a => _facts.Ask(a, port) is PortAnswer.Held);

    private PortAnswer AnswerFor(ListenSpec listen) => IPAddress.TryParse(listen.Address, out var address) ? _facts.Ask(address, listen.Port) : PortAnswer.Unknown;

    private bool IsOurs(PortHolder holder) => host.IsOurs is { } known ? known(holder) : holder.Process?.RunBy switch
    {
        // A service or a name that could not be read may well be the one that holds it.
        RunBy.Mainstay when !manifest.IsRead("stack") => true,
        RunBy.Mainstay(var name, var service) => name == manifest.Stack.Name.Value && (manifest.Stack.Find(new ServiceName(service)) is not null || !manifest.IsRead($"services.{service}")),
        RunBy.MainstayItself(_, var home) => home is not null && Path.TrimEndingDirectorySeparator(home) == host.Home.Root,
        _ => false,
    };
}
