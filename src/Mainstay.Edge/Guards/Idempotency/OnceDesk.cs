namespace Mainstay.Edge.Guards.Idempotency;

/// <summary>Who is at which key in this worker: whoever comes second waits for the first.</summary>
internal sealed class OnceDesk(Lazy<OnceStore> store) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Turn> _running = new(StringComparer.Ordinal);

    public OnceStore Store => store.Value;

    /// <summary>Waits for whoever is at the key, if that is the same request.</summary>
    /// <returns>What is known of it; <see cref="OnceState.New"/>: it is the caller's until <see cref="Leave"/>.</returns>
    public async Task<OnceFound> EnterAsync(byte[] key, byte[] fingerprint, TimeSpan ttl, CancellationToken token)
    {
        var name = Convert.ToHexString(key);
        while (true)
        {
            Turn turn;
            lock (_gate)
            {
                if (!_running.TryGetValue(name, out turn!))
                {
                    _running[name] = turn = new(fingerprint);
                    break;
                }
            }

            if (!turn.Fingerprint.AsSpan().SequenceEqual(fingerprint))
            {
                return new(OnceState.Reused);
            }

            await turn.Over.Task.WaitAsync(token);
        }

        OnceFound? found = null;
        try
        {
            found = await Store.BeginAsync(key, fingerprint, ttl);
            return found;
        }
        finally
        {
            if (found?.State is not OnceState.New)
            {
                Leave(key);
            }
        }
    }

    public void Leave(byte[] key)
    {
        Turn? turn;
        lock (_gate)
        {
            _running.Remove(Convert.ToHexString(key), out turn);
        }

        turn?.Over.TrySetResult();
    }

    public void Dispose()
    {
        if (store.IsValueCreated)
        {
            store.Value.Dispose();
        }
    }

    private sealed record Turn(byte[] Fingerprint)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
