using Mainstay.Harness.Processes;

namespace Mainstay.Bench.LogFlow;

/// <summary>A supervisor, seen as what keeps the lines of one service.</summary>
internal interface ILogKeeper : IAsyncDisposable
{
    string Name { get; }

    int DaemonPid { get; }

    /// <summary>Starts the daemon, and declares the writer without starting it.</summary>
    Task PrepareAsync(string[] writer);

    Task StartWriterAsync();

    /// <summary>The number in the last line that is kept; 0 for none.</summary>
    Task<long> LastLineAsync();

    /// <summary>How many of the lines from 1 are kept, each once and in order.</summary>
    Task<long> CountAsync(int lines);

    /// <summary>A reader that follows the log on its terminal.</summary>
    Child Follow();
}
