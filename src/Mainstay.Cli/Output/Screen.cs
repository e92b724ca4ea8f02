using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mainstay.Cli.Output;

/// <summary>Where a command writes: standard output for what was asked for, standard error for what went wrong.</summary>
internal sealed class Screen
{
    private readonly CliHost _host;

    public Screen(CliHost host, bool json, bool noColor)
    {
        _host = host;
        Json = json;
        Colours = new(host.IsTerminal && !json && !noColor && !(host.Environment.TryGetValue("NO_COLOR", out var value) && value.Length > 0));
    }

    public Palette Colours { get; }

    public bool Json { get; }

    /// <summary>Whether a display may be redrawn in place.</summary>
    public bool IsLive => _host.IsTerminal && !Json && _host.Environment.GetValueOrDefault("TERM") != "dumb";

    /// <summary>A pipe is never wrapped, so that one line stays one line for grep; COLUMNS overrides.</summary>
    public int Width =>
        _host.IsTerminal ? Math.Clamp(_host.Size().Columns, 20, 1_000)
        : _host.Environment.TryGetValue("COLUMNS", out var columns) && int.TryParse(columns, out var width) && width >= 20 ? width
        : 100_000;

    public int Height => Math.Clamp(_host.Size().Rows, 5, 1_000);

    public void Write(string text) => _host.Out.Write(text);

    public void Line(string line) => _host.Out.Write(line + "\n");

    public void Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Line(line);
        }
    }

    public void ErrorLines(IEnumerable<string> lines)
    {
        // Both streams usually end in one terminal or one file; this keeps their order there.
        _host.Out.Flush();
        foreach (var line in lines)
        {
            _host.Error.Write(line + "\n");
        }

        _host.Error.Flush();
    }

    public void ErrorLine(string line) => ErrorLines([line]);

    /// <summary>One JSON text on one line. Quotes and non-ASCII letters stay readable: this goes to a terminal or a script, never into HTML.</summary>
    public void Document<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        Line(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public void Flush() => _host.Out.Flush();
}
