using System.Text;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>One table with a row per instance, redrawn in place; the last frame stays on the screen.</summary>
internal sealed class LiveDisplay(Screen screen, TimeProvider time) : IOperationDisplay
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _above = [];
    private int _drawn;

    public void Show(OperationMessage message)
    {
        if (message.Step is not { } step)
        {
            return;
        }

        var because = Harmless.Text(step.Because, colours: false);
        if ((step.Instance ?? step.Service) is not { } name || step.State is not { } state)
        {
            // Not about one instance's state: a remark that stays above the table.
            _above.AddRange(Wrap.Hanging("", StepText.Of(step, screen.Colours), screen.Width));
        }
        else if (_rows.Find(r => r.Name == name) is { } row)
        {
            if (row.State != state)
            {
                row.Since = time.GetTimestamp();
            }

            (row.State, row.Because) = (state, because);
        }
        else
        {
            _rows.Insert(PlaceFor(name, step.Service ?? name), new(name, step.Service ?? name) { State = state, Because = because, Since = time.GetTimestamp() });
        }

        Draw();
    }

    public void Remark(IReadOnlyList<string> lines)
    {
        _above.AddRange(lines);
        Draw();
    }

    public void Tick() => Draw();

    public void Close()
    {
        Draw();
        _drawn = 0;
    }

    /// <summary>Services in the order in which they were first heard of, their instances by number (api-2 before api-10).</summary>
    private int PlaceFor(string name, string service)
    {
        var last = _rows.FindLastIndex(r => r.Service == service);
        if (last < 0)
        {
            return _rows.Count;
        }

        var later = _rows.FindIndex(r => r.Service == service && (r.Name.Length, r.Name).CompareTo((name.Length, name)) > 0);
        return later < 0 ? last + 1 : later;
    }

    private void Draw()
    {
        var frame = new StringBuilder();
        if (_drawn > 0)
        {
            frame.Append($"\x1b[{_drawn}A\r\x1b[J");
        }

        foreach (var line in _above)
        {
            frame.Append(line).Append('\n');
        }

        _above.Clear();

        // Lines that scrolled off the screen cannot be redrawn, so the frame never exceeds it; what fails is reported in full afterwards.
        var room = screen.Height - 1;
        var lines = Frame();
        var shown = Math.Min(lines.Count, room);
        for (var i = 0; i < shown; i++)
        {
            frame.Append(i == room - 1 && lines.Count > room ? screen.Colours.Dim($"... and {lines.Count - room + 1} more") : lines[i]).Append('\n');
        }

        _drawn = shown;
        screen.Write(frame.ToString());
        screen.Flush();
    }

    private List<string> Frame()
    {
        if (_rows.Count == 0)
        {
            return [];
        }

        var (name, width) = (_rows.Max(r => r.Name.Length), screen.Width);
        var lines = new List<string>(_rows.Count);
        foreach (var row in _rows)
        {
            var moving = row.State is InstancePhase.Waiting or InstancePhase.Starting or InstancePhase.Draining or InstancePhase.Stopping or InstancePhase.Backoff;
            var age = moving ? Words.Duration(time.GetElapsedTime(row.Since).TotalSeconds) : "";
            var left = $"{row.Name.PadRight(name)}  ";
            var middle = Words.Of(row.State).PadRight(8);
            var room = Math.Max(0, width - left.Length - middle.Length - 10);
            var because = row.Because.Length <= room ? row.Because : room > 3 ? row.Because[..(room - 3)] + "..." : "";
            lines.Add($"{left}{screen.Colours.Of(row.State, middle)}  {age,6}  {because}".TrimEnd());
        }

        return lines;
    }

    private sealed class Row(string name, string service)
    {
        public string Name => name;

        public string Service => service;

        public InstancePhase State { get; set; }

        public string Because { get; set; } = "";

        public long Since { get; set; }
    }
}
