using System.Net;

namespace Mainstay.Edge.Traffic;

/// <summary>The same id on another port is another instance.</summary>
internal readonly record struct InstanceKey(string Id, IPAddress Address, int Port);
