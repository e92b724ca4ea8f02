namespace Mainstay.Realtime.Adapters.Memory;

/// <summary>Takes everything and keeps nothing: for trying things out, and only where loss is allowed by name.</summary>
public sealed class MemoryBroker : IBroker, IBrokerSession
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "in_memory";

    public Task Ended => _ended.Task;

    public string Because => "";

    public string Warning => "in_memory keeps nothing: what is acknowledged is lost with the process";

    public Task<IBrokerSession> ConnectAsync(CancellationToken token) => Task.FromResult<IBrokerSession>(this);

    public Task AppendAsync(StreamRecord record) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
