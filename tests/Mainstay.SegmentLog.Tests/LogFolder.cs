using System.Text;
using Mainstay.Testing;

namespace Mainstay.SegmentLog.Tests;

/// <summary>A folder for one log, and how the tests write to it.</summary>
public sealed class LogFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("segment-log-").FullName;

    public ManualTimeProvider Clock { get; } = new(new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero));

    public string[] Segments => [.. Directory.GetFiles(Path, "*.seg").Order(StringComparer.Ordinal)];

    public DurableLog Open(LogOptions? options = null) => DurableLog.Open(Path, options ?? new(), Clock);

    public static Task<long> AppendAsync(DurableLog log, string payload, string key = "k") =>
        log.AppendAsync(Encoding.UTF8.GetBytes(key), default, Encoding.UTF8.GetBytes(payload), TestContext.Current.CancellationToken);

    public static string[] Texts(DurableLog log, long from = 0) => [.. log.Read(from).Select(r => Encoding.UTF8.GetString(r.Payload.Span))];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
