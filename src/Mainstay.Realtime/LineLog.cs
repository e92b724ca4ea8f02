using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime;

/// <summary>One event, one line: news on the standard output, what is wrong on the standard error, as the service's log keeps them apart.</summary>
internal sealed class LineLog(TextWriter news, TextWriter trouble, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private void Write(TextWriter target, string line)
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

            owner.Write(logLevel >= LogLevel.Warning ? owner.Trouble : owner.News, line.ToString());
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

    private TextWriter News => news;

    private TextWriter Trouble => trouble;

    private TimeProvider Time => time;
}
