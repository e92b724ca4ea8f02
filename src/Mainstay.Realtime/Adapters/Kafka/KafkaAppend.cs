namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>A record that the cluster has not confirmed.</summary>
/// <param name="at">When it came, as a timestamp.</param>
internal sealed class KafkaAppend(StreamRecord record, long at) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Topic { get; } = record.Topic;

    public long At { get; } = at;

    /// <summary>Null once the client has its copy.</summary>
    public StreamRecord? Record { get; private set; } = record;

    public void Sent() => Record = null;
}
