using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Lifecycle;

/// <summary>The daemon's own log: plain lines in one file, which is moved aside to <c>.1</c> at a size, so that it never takes more than twice that.</summary>
internal sealed class DaemonLogFile(string path, TimeProvider clock) : ILoggerProvider
{
    private const long MaxBytes = 5_000_000;

    private readonly Lock _gate = new();
    private FileStream? _file;

    // The disk took a part of the last line.
    private bool _isCut;

    public ILogger CreateLogger(string categoryName) => new Logger(this, ShortName(categoryName));

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private static string ShortName(string category) => category[(category.LastIndexOf('.') + 1)..];

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                if (_file is null || _file.Length > MaxBytes)
                {
                    Turn();
                }

                _file!.Write(Encoding.UTF8.GetBytes(_isCut ? $"\n{line}" : line));
                _isCut = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk, or a log that once a root's daemon wrote, must not stop the daemon from keeping services up; what it does is in the journal and in status as well.
                // Whoever logs is in the middle of something: nothing may come out of here, nor out of the closing of what could not be written.
                _isCut |= _file is not null;
                Close();
            }
        }
    }

    private void Turn()
    {
        if (_file is not null)
        {
            Close();
            File.Move(path, path + ".1", overwrite: true);
        }

        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,

            // A line that waits in a buffer would be written again, and refused again, when the file is closed.
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private void Close()
    {
        var file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // Some file systems tell only here that the disk is full.
        }
    }

    private sealed class Logger(DaemonLogFile file, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var at = file.Now.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var fault = exception is null ? "" : $"\n{exception}";
            file.Write($"{at} {Word(logLevel)} {eventId.Id.ToString(CultureInfo.InvariantCulture)} {category}: {formatter(state, exception)}{fault}\n");
        }

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error or LogLevel.Critical => "error",
            LogLevel.None => "none",
        };
    }

    private DateTimeOffset Now => clock.GetUtcNow();
}
