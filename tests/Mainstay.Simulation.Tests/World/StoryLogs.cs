using Microsoft.Extensions.Logging;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The daemon's own log lines, as part of the story.</summary>
internal sealed class StoryLogs(SimWorld world) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => world.IsTalkative || logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is DaemonKilledException)
        {
            return;
        }

        world.Tell($"  {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $": {exception}")}");
        if (exception is not null && !world.ExpectsFaults)
        {
            world.Invariants.Broken($"the daemon logged a fault of its own: {formatter(state, exception)}: {exception}");
        }
    }
}
