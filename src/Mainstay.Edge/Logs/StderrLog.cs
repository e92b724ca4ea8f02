using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Logs;

/// <summary>Log lines through a bounded queue: whoever logs never waits, and a reader that stops reading costs lines, not traffic.</summary>
internal sealed class StderrLog : ILoggerProvider
{
    private const int Capacity = 2_000;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Action<string> _write;
    private int _lost;

    /// <param name="write">Takes whole lines with their ends; may wait, and throw <see cref="IOException"/> when nobody reads.</param>
    public StderrLog(TimeProvider time, Action<string> write)
    {
        _time = time;
        _write = write;
        Completion = WriteAsync();
    }

    /// <summary>Ends when everything that was logged before <see cref="Dispose"/> is written.</summary>
    public Task Completion { get; }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose() => _lines.Writer.TryComplete();

    private async Task WriteAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            try
            {
                // On a pool thread: the channel never runs its reader on the thread that logged, so at worst this one waits.
                _write(line + "\n");
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                {
                    _write(string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():O} warn StderrLog: {lost} lines were lost here: the reader was too slow\n"));
                }
            }
            catch (IOException)
            {
                // Nobody reads any more; the traffic goes on.
            }
        }
    }

    private sealed class Logger(StderrLog owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder()
                .Append(CultureInfo.InvariantCulture, $"{owner._time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Word(logLevel)} {category}: ")
                .Append(formatter(state, exception).ReplaceLineEndings(" | "));
            if (exception is not null)
            {
                // One event is one line, whatever an exception prints or a path has in it.
                line.Append(" | ").Append(exception.ToString().ReplaceLineEndings(" | "));
            }

            if (!owner._lines.Writer.TryWrite(line.ToString()))
            {
                Interlocked.Increment(ref owner._lost);
            }
        }

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "error",
            LogLevel.Critical => "fatal",
            LogLevel.None => "none",
        };
    }
}
