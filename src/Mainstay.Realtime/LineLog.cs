using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime;

/// <summary>One event, one line, on the stream that Mainstay reads as the service's log.</summary>
internal sealed class LineLog(TextWriter target, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                target.WriteLine(line);
                target.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more; the traffic goes on.
            }
        }
    }

    private sealed class Logger(LineLog owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder()
                .Append(CultureInfo.InvariantCulture, $"{owner.Time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Word(logLevel)} ")
                .Append(formatter(state, exception).ReplaceLineEndings(" | "));
            if (exception is not null)
            {
                line.Append(" | ").Append(exception.ToString().ReplaceLineEndings(" | "));
            }

            owner.Write(line.ToString());
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

    private TimeProvider Time => time;
}
