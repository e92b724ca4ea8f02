namespace Mainstay.Realtime.Hub.Service;

/// <summary>What became of one ping of a device's connection.</summary>
/// <param name="Client">The connection.</param>
/// <param name="RoundTrip">Null: it was not answered before the next one.</param>
internal sealed record LinkSample(IHubClient Client, TimeSpan? RoundTrip);
