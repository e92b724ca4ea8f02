using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>The status as people read it; <c>status</c> and <c>top</c> show the same.</summary>
internal static class StatusText
{
    private static readonly Column[] Columns =
    [
        new("INSTANCE"), new("STATE"), new("HEALTH"), new("PID", Right: true, Dispensable: 2), new("PORT", Right: true, Dispensable: 4),
        new("RESTARTS", Right: true, Dispensable: 1), new("UPTIME", Right: true, Dispensable: 3), new("MEMORY", Right: true, Dispensable: 5),
        new("CPU", Right: true, Dispensable: 6), new("RELEASE", Dispensable: TextTable.MostDispensable),
    ];

    public static List<string> Render(StatusDocument status, Moments moments, int width, Palette palette)
    {
        var lines = Wrap.Lines(Headline(status), width);
        if (status.Services.IsEmpty)
        {
            lines.Add("no services; `mainstay up` starts those of a manifest");
        }
        else
        {
            lines.Add("");
            lines.AddRange(Table(status.Services, palette).Render(width, palette));
        }

        if (!status.External.IsEmpty)
        {
            lines.Add("");
            lines.AddRange(External(status.External, palette).Render(width, palette));
        }

        string[] notices = [.. SwitchText.Unusual(status.Switches, moments), .. status.Notices];
        if (notices.Length > 0)
        {
            lines.Add("");
            foreach (var notice in notices)
            {
                var wrapped = Wrap.Lines(Harmless.Text(notice, colours: false), width - 8);
                lines.Add(palette.Warn("notice:") + " " + wrapped[0]);
                lines.AddRange(wrapped.Skip(1).Select(line => new string(' ', 8) + line));
            }
        }

        return lines;
    }

    private static string Headline(StatusDocument status)
    {
        var stack = status.Stack is null ? "no stack is up" : $"stack {status.Stack}";
        var daemon = $"daemon {status.Daemon.Pid}, up {Words.Duration(status.Daemon.UptimeS)}";
        return $"{stack} | {daemon} | {Edge(status.Edge)}";
    }

    private static string Edge(EdgeStatus edge)
    {
        if (edge.State == "none")
        {
            return "no edge";
        }

        var pid = edge.Pid is { } p ? $" {p}" : "";
        var listen = edge.Listen.IsEmpty ? "" : $" on {string.Join(" ", edge.Listen)}";
        return $"edge{pid} {edge.State}{listen}{(edge.State == "running" ? "" : $": {edge.Because}")}";
    }

    private static TextTable Table(ImmutableArray<ServiceStatus> services, Palette palette)
    {
        var table = new TextTable(Columns, "BECAUSE");
        foreach (var service in services)
        {
            if (service.Instances.IsEmpty)
            {
                table.Add(
                    [service.Name.Value, State(service.State, palette), Of(service.Health, palette), "-", "-", "-", "-", "-", "-", service.Release],
                    service.Because);
            }

            foreach (var instance in service.Instances)
            {
                table.Add(Row(instance, palette), Sentence(instance));
            }
        }

        return table;
    }

    private static Cell[] Row(InstanceStatus instance, Palette palette)
    {
        var lives = instance.Pid is not null;
        return
        [
            instance.Id,
            State(instance.State, palette),
            Of(instance.Health, palette),
            instance.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
            instance.Port?.ToString(CultureInfo.InvariantCulture) ?? "-",
            new(instance.Restarts.ToString(CultureInfo.InvariantCulture), instance.Restarts > 0 ? palette.Warn : null),
            lives ? Words.Duration(instance.UptimeS) : "-",

            // Measured every few seconds; a process that just started was not measured yet.
            lives && instance.MemoryBytes > 0 ? Words.Bytes(instance.MemoryBytes) : "-",
            lives && instance.MemoryBytes > 0 ? Words.Percent(instance.CpuPercent) : "-",
            instance.Release,
        ];
    }

    private static string Sentence(InstanceStatus instance)
    {
        var next = instance.NextTryS is { } seconds ? $"; next try in {Words.Duration(seconds)}" : "";
        var said = string.IsNullOrEmpty(instance.StatusText) ? "" : $" (says: {instance.StatusText})";
        return instance.Because + next + said;
    }

    private static TextTable External(ImmutableArray<ExternalStatus> externals, Palette palette)
    {
        var table = new TextTable([new("EXTERNAL"), new("HEALTH")], "BECAUSE");
        foreach (var external in externals)
        {
            table.Add([external.Name.Value, Of(external.Health, palette)], external.Because);
        }

        return table;
    }

    private static Cell State(InstancePhase state, Palette palette) => new(Words.Of(state), text => palette.Of(state, text));

    private static Cell Of(Health health, Palette palette) => new(Words.Of(health), text => palette.Of(health, text));
}
