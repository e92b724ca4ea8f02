using System.Net;

namespace Mainstay.Harness.Load;

/// <summary>Who asks what, how often.</summary>
/// <param name="Path">Answers JSON with <c>pid</c> and <c>version</c>.</param>
/// <param name="Connections">Keep-alive connections, each with one request at a time.</param>
/// <param name="Pause">Between an answer and the next request of a connection. Without one the load starves what it tests.</param>
/// <param name="SlowPath">Asked as <c>SlowPath?ms=N</c>, N drawn between the two durations; null for none.</param>
public sealed record LoadPlan(IPEndPoint To, string Path = "/", int Connections = 16)
{
    public string Host { get; init; } = $"{To}";

    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(5);

    public string? SlowPath { get; init; }

    public int SlowConnections { get; init; } = 4;

    public TimeSpan SlowFrom { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan SlowTo { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(25);

    public static LoadPlan Loopback(int port, string path = "/", int connections = 16) => new(new(IPAddress.Loopback, port), path, connections);
}
