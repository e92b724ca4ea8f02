using Mainstay.Contracts;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Inspect;

/// <summary>Finds the stream that is meant.</summary>
internal static class StreamPlace
{
    /// <exception cref="InspectException">There is none, or more than one.</exception>
    public static IStreamSource Open(InspectArguments asked, IReadOnlyDictionary<string, string> environment, TimeProvider time, Action<string> warn)
    {
        if (asked.Value("url") is { } url)
        {
            return RedisOptions.TryParse(url, out var redis, out var problem) ? new RedisSource(redis, asked.Topic, time) : throw new InspectException(problem);
        }

        return new LogSource(Streams(asked, environment), asked.Topic, time, warn);
    }

    private static string Streams(InspectArguments asked, IReadOnlyDictionary<string, string> environment)
    {
        if (asked.Value("data") is { } data)
        {
            var own = Path.Combine(Path.GetFullPath(data), "streams");
            return Directory.Exists(own) ? own : throw new InspectException($"{data} has no folder streams; it must be the data folder of an ingest service with PUBSUB_ADAPTER=log");
        }

        var home = HomeLayout.Resolve(asked.Value("home"), environment, Directory.GetCurrentDirectory(), Environment.IsPrivilegedProcess)
            ?? throw new InspectException("no HOME variable is set, so there is no place for Mainstay's state; say --home or --data");
        var all = Path.Combine(home.Root, "data");
        var known = Directory.Exists(all) ? Directory.EnumerateDirectories(all).Where(d => Directory.Exists(Path.Combine(d, "streams"))).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToArray() : [];
        var services = known.Length == 0 ? $"no service in {home.Root} has written a log; with PUBSUB_ADAPTER=redis_streams say --url" : $"those with a log are: {string.Join(", ", known)}";
        return (asked.Value("service"), known) switch
        {
            ({ } name, _) when known.Contains(name) => Path.Combine(home.Data(name), "streams"),
            ({ } name, _) => throw new InspectException($"service \"{name}\" has no log; {services}"),
            (null, [var only]) => Path.Combine(home.Data(only), "streams"),
            (null, []) => throw new InspectException(services),
            _ => throw new InspectException($"say --service; {services}"),
        };
    }
}
