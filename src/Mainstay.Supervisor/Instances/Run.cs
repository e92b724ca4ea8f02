using System.Collections.Immutable;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Instances;

/// <summary>One process of an instance, from the intent to start it until its last log line is read.</summary>
internal sealed class Run(string id, int generation, int release, int? port) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private Task? _linesRead;

    public string Id { get; } = id;

    public int Generation { get; } = generation;

    public int Release { get; } = release;

    public int? Port { get; set; } = port;

    public IRunningProcess? Process { get; set; }

    public ILogCapture? Output { get; set; }

    public ProbeHistory Probes { get; } = new();

    public ImmutableArray<string> EnvironmentNames { get; set; } = [];

    public ImmutableSortedDictionary<string, string> Environment { get; set; } = ImmutableSortedDictionary<string, string>.Empty;

    public SpawnResult.Failed? SpawnFailure { get; set; }

    public string? PortHolder { get; set; }

    /// <summary>What the service last said by STATUS=.</summary>
    public string? StatusText { get; set; }

    public UsageSample? Usage { get; set; }

    /// <summary>Cancelled when nobody needs to know this process's health any more.</summary>
    public CancellationToken Over => _over.Token;

    public void End() => _over.Cancel();

    /// <summary>Reads what the ended process left in its pipes; once, however often it is asked.</summary>
    public Task ReadLastLinesAsync() => _linesRead ??= Output?.FinishAsync(CancellationToken.None) ?? Task.CompletedTask;

    public void Dispose()
    {
        _over.Dispose();
        Process?.Dispose();
    }
}

/// <param name="At">On the steady clock.</param>
/// <param name="CpuPercent">Of one core, since the sample before.</param>
internal sealed record UsageSample(TimeSpan At, ProcessUsage Usage, double CpuPercent);
