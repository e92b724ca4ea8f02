namespace Mainstay.Realtime.Serving;

/// <summary>What the signals that a process got so far mean together.</summary>
/// <param name="isSupervised">
/// Somebody counts the time of a stop and kills at its end. A daemon that takes over in the middle of one asks again, and that is not a person who has lost patience: a second SIGINT says nothing new then.
/// </param>
internal sealed class StopAsked(bool isSupervised) : IDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _soon = new();
    private readonly CancellationTokenSource _now = new();

    public StopSignals Signals => new(_drain.Token, _soon.Token, _now.Token);

    public void Terminate() => _drain.Cancel();

    public void Interrupt()
    {
        _drain.Cancel();
        if (!_soon.IsCancellationRequested)
        {
            _soon.Cancel();
        }
        else if (!isSupervised)
        {
            _now.Cancel();
        }
    }

    public void Dispose()
    {
        _drain.Dispose();
        _soon.Dispose();
        _now.Dispose();
    }
}
