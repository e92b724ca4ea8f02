using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Polling;

namespace Mainstay.Linux.Files;

/// <summary>Takes a piece of what was read; never two at the same time.</summary>
public delegate void OutputTaker(ReadOnlySpan<byte> piece);

/// <summary>Reads what a child writes into a pipe, always to its end. Made from <see cref="Pipes.MakeForOutput"/>; owns the pipe.</summary>
/// <remarks>
/// The loop's thread only says that there is something; it is read and taken on the thread pool. Nothing is queued: what is not yet taken stays in
/// the pipe, so a taker that is slower than the child slows the child down and nobody else. One that throws is not asked again, and the child goes on.
/// </remarks>
public sealed class OutputReader : IAsyncDisposable
{
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly OutputTaker _take;
    private readonly Descriptor _read;
    private readonly Watch _watch;
    private readonly Task _reading;
    private ExceptionDispatchInfo? _fault;

    public OutputReader(Descriptor read, EventLoop loop, OutputTaker take)
    {
        (_take, _read) = (take, read);
        _watch = loop.Register(read, Readiness.None, _ => _calls.Writer.TryWrite(true));
        _reading = ReadAsync();
        _watch.Rearm();
    }

    /// <summary>Whoever could still write has closed the pipe.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes what is there now; call when the child has ended. Nothing is taken once it has returned. Throws what the taker has thrown.</summary>
    public async Task FinishAsync()
    {
        _calls.Writer.TryComplete();
        await _reading.ConfigureAwait(false);

        // What ended has written all it will, and a pipe holds no more than one drain takes; a child of it that writes on and on is not waited for.
        for (var drains = 2; drains > 0 && !HasEnded && Drain(); drains--)
        {
        }

        _fault?.Throw();
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _calls.Writer.TryComplete();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _read.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var _ in _calls.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            Drain();
            if (HasEnded)
            {
                return;
            }

            _watch.Rearm();
        }
    }

    /// <summary>At most one pipe load. False when nothing is there.</summary>
    private bool Drain()
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (var loads = 16; loads > 0; loads--)
        {
            switch (Pipes.Read(_read, buffer))
            {
                case null:
                    return false;
                case 0:
                    HasEnded = true;
                    return false;
                case { } read:
                    Hand(buffer[..read]);
                    break;
            }
        }

        return true;
    }

    private void Hand(ReadOnlySpan<byte> piece)
    {
        if (_fault is not null)
        {
            return;
        }

        try
        {
            _take(piece);
        }
        catch (Exception e)
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
    }
}
