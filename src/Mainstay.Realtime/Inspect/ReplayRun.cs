using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Kafka;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Inspect;

/// <summary>Stored records go to another broker, or the audio of an interaction into a file.</summary>
internal static class ReplayRun
{
    /// <summary>Sent and not confirmed.</summary>
    private const int Window = 256;

    public static async Task RunAsync(InspectArguments asked, IStreamSource source, Stream output, TextWriter error, TimeProvider time, CancellationToken stop)
    {
        var from = StartPoint.Parse(asked.Value("from") ?? "start", time.GetUtcNow());
        var records = ChosenAsync(asked, source.ReadAsync(from, false, stop));
        await (asked.Value("to") is { } to ? SendAsync(asked.Topic, to, records, error, time, stop) : WriteAsync(asked, records, output, error, stop));
    }

    private static async IAsyncEnumerable<SeenRecord> ChosenAsync(InspectArguments asked, IAsyncEnumerable<SeenRecord> all)
    {
        await foreach (var seen in all)
        {
            if (asked.Value("key") is not { } key || seen.Record.Key == key)
            {
                yield return seen;
            }
        }
    }

    private static async Task SendAsync(string topic, string to, IAsyncEnumerable<SeenRecord> records, TextWriter error, TimeProvider time, CancellationToken stop)
    {
        await using var broker = Broker(to, topic, time);
        var (stored, unconfirmed) = (0L, new Queue<(string Position, Task Stored)>());
        try
        {
            await using var session = await broker.ConnectAsync(stop);
            await foreach (var seen in records)
            {
                unconfirmed.Enqueue((seen.Position, session.AppendAsync(seen.Record with { Topic = topic })));
                stored += await ConfirmAsync(unconfirmed, Window, error);
            }

            stored += await ConfirmAsync(unconfirmed, 0, error);
            await error.WriteLineAsync($"{stored} records of \"{topic}\" are stored again");
        }
        catch (BrokerDownException e)
        {
            throw new InspectException(unconfirmed.TryPeek(out var first) ? $"{e.Message}\n{stored} records are stored; go on with: --from {first.Position}" : e.Message, e);
        }
    }

    /// <summary>Until so few are left; returns how many were confirmed.</summary>
    private static async Task<int> ConfirmAsync(Queue<(string Position, Task Stored)> unconfirmed, int left, TextWriter error)
    {
        var stored = 0;
        while (unconfirmed.Count > left)
        {
            var (position, confirmed) = unconfirmed.Peek();
            try
            {
                await confirmed;
                stored++;
            }
            catch (RecordRefusedException e)
            {
                await error.WriteLineAsync($"the record at {position} is left out: {e.Message}");
            }

            unconfirmed.Dequeue();
        }

        return stored;
    }

    private static IBroker Broker(string to, string topic, TimeProvider time)
    {
        if (to.StartsWith("kafka://", StringComparison.Ordinal))
        {
            return KafkaLibrary.Problem is { Length: > 0 } problem ? throw new InspectException(problem) : new KafkaBroker(new(to["kafka://".Length..].TrimEnd('/')) { Topics = [topic] }, time);
        }

        return RedisOptions.TryParse(to, out var redis, out var fault) ? new RedisBroker(redis, time) : throw new InspectException($"--to: {fault}; or kafka://host:port");
    }

    private static async Task WriteAsync(InspectArguments asked, IAsyncEnumerable<SeenRecord> records, Stream output, TextWriter error, CancellationToken stop)
    {
        var audio = new InteractionAudio();
        await foreach (var seen in records)
        {
            if (FrameView.Of(seen.Record) is { } frame)
            {
                audio.Add(frame);
            }
        }

        if (audio.IsEmpty)
        {
            throw new InspectException($"there is no frame of \"{asked.Value("key")}\" in \"{asked.Topic}\"");
        }

        var file = asked.Value("wav") ?? asked.Value("raw")!;
        var isWav = asked.Value("wav") is not null;
        if (file == "-")
        {
            await audio.WriteAsync(output, isWav, stop);
        }
        else
        {
            await using var target = File.Create(file);
            var bytes = await audio.WriteAsync(target, isWav, stop);
            await error.WriteLineAsync($"{file}: {bytes} bytes of {audio.Encoding} at {audio.SampleRate} Hz");
        }

        foreach (var gap in audio.Gaps())
        {
            await error.WriteLineAsync(gap);
        }
    }
}
