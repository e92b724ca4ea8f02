using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Polling;

/// <summary>One watched descriptor. After <see cref="Dispose"/> has returned its callback is not running and never runs again, unless the callback itself disposed it.</summary>
public sealed class Watch : IDisposable
{
    private readonly EventLoop _loop;
    private readonly Action<Readiness> _callback;
    private readonly Lock _gate = new();
    private bool _disposed;

    internal Watch(EventLoop loop, ulong token, Descriptor descriptor, Action<Readiness> callback)
    {
        _loop = loop;
        _callback = callback;
        Token = token;
        Descriptor = descriptor;
        var held = false;
        descriptor.DangerousAddRef(ref held);
    }

    internal ulong Token { get; }

    internal Descriptor Descriptor { get; }

    /// <summary>Fires once more, at once if the descriptor is ready already. Nothing happens after <see cref="Dispose"/>.</summary>
    public void Rearm(Readiness wanted = Readiness.Readable)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _loop.Rearm(this, wanted);
            }
        }
    }

    internal void Fire(Readiness ready)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _callback(ready);
            }
        }
    }

    internal void LetGo() => Descriptor.DangerousRelease();

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _loop.Remove(this);
        }

        LetGo();
    }
}
