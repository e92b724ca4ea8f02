using System.Text;
using Mainstay.Contracts.Logs;

namespace Mainstay.Contracts.Tests.Logs;

/// <summary>A home with logs in it, written the way the daemon writes them: append whole lines, rename, make anew.</summary>
internal sealed class LogFiles : IDisposable
{
    private int _rotations;

    public HomeLayout Home { get; } = new(Directory.CreateTempSubdirectory("mainstay-logs-").FullName);

    public static DateTimeOffset Start { get; } = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    public static LogRecord Record(int number, string instance = "api-1", string padding = "") =>
        new(Start.AddMilliseconds(number), instance, LogStream.Out, $"line {number}{padding}");

    public LogFolder Folder(string service)
    {
        var folder = new LogFolder(Home.ServiceLogs(service));
        Directory.CreateDirectory(folder.Path);
        return folder;
    }

    public void Write(string service, params IEnumerable<LogRecord> records) =>
        Append(service, string.Concat(records.Select(r => LogLine.Format(r) + "\n")));

    public void Append(string service, string text)
    {
        using var file = new FileStream(Folder(service).Current, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    public int Rotate(string service)
    {
        var folder = Folder(service);
        var number = Math.Max(_rotations, folder.Numbers().LastOrDefault()) + 1;
        _rotations = number;
        File.Move(folder.Current, folder.Finished(number));
        File.WriteAllBytes(folder.Current, []);
        return number;
    }

    public void Dispose() => Directory.Delete(Home.Root, recursive: true);
}
