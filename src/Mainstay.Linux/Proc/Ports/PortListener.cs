using System.Net;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>A TCP socket that accepts connections, as the kernel's table tells it.</summary>
/// <param name="UserId">Of the process that made it.</param>
public readonly record struct PortListener(IPAddress Address, int Port, long Inode, uint UserId)
{
    /// <summary>It listens on every address of the host.</summary>
    public bool IsWildcard => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);

    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
