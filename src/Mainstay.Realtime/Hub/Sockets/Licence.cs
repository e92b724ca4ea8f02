using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>One line of the file of licences: whose key has this hash is this device.</summary>
internal sealed record Licence(string Hash, DeviceAddress Device);
