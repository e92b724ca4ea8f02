using System.Text;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Engine.IO's pings: how often, and how long for an answer. The times are the library's own.</summary>
internal sealed record EngineLimits
{
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(25);

    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>What Engine.IO 4 says around packets.</summary>
internal static class EngineText
{
    public static readonly ReadOnlyMemory<byte> Ping = "2"u8.ToArray();

    public static byte[] Open(string session, EngineLimits limits) => Encoding.ASCII.GetBytes(FormattableString.Invariant(
        $$"""0{"sid":"{{session}}","upgrades":[],"pingInterval":{{(long)limits.PingInterval.TotalMilliseconds}},"pingTimeout":{{(long)limits.PingTimeout.TotalMilliseconds}},"maxPayload":{{MessageReader.MaxBytes}}}"""));
}
