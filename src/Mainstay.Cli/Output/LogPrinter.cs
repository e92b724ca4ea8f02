using System.Globalization;
using Mainstay.Contracts;
using Mainstay.Contracts.Logs;

namespace Mainstay.Cli.Output;

/// <summary>Log records as lines: time, instance, stream where it is not the ordinary one, text.</summary>
internal sealed class LogPrinter(Screen screen, TimeZoneInfo zone)
{
    private int _widestName;

    /// <summary>Whether there was anything at all.</summary>
    public bool Printed { get; private set; }

    public void Print(LogRecord record, bool flush)
    {
        Printed = true;
        if (screen.Json)
        {
            screen.Document(record, WireJson.Default.LogRecord);
        }
        else
        {
            screen.Line(screen.IsLive ? ForTerminal(record) : Plain(record));
        }

        if (flush)
        {
            screen.Flush();
        }
    }

    /// <summary>For files and pipes: UTC with milliseconds, single spaces, the text byte for byte.</summary>
    private static string Plain(LogRecord record) =>
        $"{record.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {record.Instance} {Stream(record.Stream)} {record.Text}";

    private string ForTerminal(LogRecord record)
    {
        var colours = screen.Colours;
        _widestName = Math.Max(_widestName, record.Instance.Length);
        var at = TimeZoneInfo.ConvertTime(record.At, zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var name = colours.Name(record.Instance, record.Instance.PadRight(_widestName));
        var text = Harmless.Text(record.Text, colours.Enabled);
        return record.Stream switch
        {
            LogStream.Out => $"{colours.Dim(at)} {name} {colours.Dim("|")} {text}",
            LogStream.Err => $"{colours.Dim(at)} {name} {colours.Bad("|")} {text}",
            LogStream.Sys => $"{colours.Dim(at)} {name} {colours.Warn("* " + text)}",
        };
    }

    private static string Stream(LogStream stream) => stream switch
    {
        LogStream.Out => "out",
        LogStream.Err => "err",
        LogStream.Sys => "sys",
    };
}
