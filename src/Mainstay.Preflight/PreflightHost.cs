using Mainstay.Contracts;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Shipped;

namespace Mainstay.Preflight;

/// <summary>On which host, in which home and when the checks run.</summary>
/// <param name="IsOurs">
/// Whether a listener belongs to this home's running stack, so that its port is no obstacle. The daemon knows its processes; null lets their
/// marks decide, which is all that a command without a daemon has.
/// </param>
public sealed record PreflightHost(HomeLayout Home, IHostFacts Facts, DateTimeOffset Now, Func<PortHolder, bool>? IsOurs = null)
{
    /// <summary>Reads settings as the services that ship with Mainstay do at their start; null: nobody here can.</summary>
    public SettingsReader? Settings { get; init; }
}
