using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>The few colours there are: a state word is green, yellow or red. Without colours every method returns its text.</summary>
internal sealed class Palette(bool enabled)
{
    public static Palette None { get; } = new(false);

    /// <summary>Told apart easily on dark and light grounds; red and green stay for states.</summary>
    private static readonly string[] InstanceColours = ["36", "35", "34", "33", "96", "95", "94", "93"];

    public bool Enabled => enabled;

    public string Good(string text) => Paint("32", text);

    public string Warn(string text) => Paint("33", text);

    public string Bad(string text) => Paint("31", text);

    public string Dim(string text) => Paint("2", text);

    public string Bold(string text) => Paint("1", text);

    public string Of(InstancePhase state, string text) => state switch
    {
        InstancePhase.Running => Good(text),
        InstancePhase.Waiting or InstancePhase.Starting or InstancePhase.Draining or InstancePhase.Stopping => Warn(text),
        InstancePhase.Backoff or InstancePhase.Parked => Bad(text),
        InstancePhase.Stopped => Dim(text),
    };

    public string Of(Health health, string text) => health switch
    {
        Health.Healthy => Good(text),
        Health.Degraded => Warn(text),
        Health.Unhealthy => Bad(text),
        Health.Unknown => Dim(text),
    };

    /// <summary>The same colour for the same name in every run.</summary>
    public string Name(string name, string text)
    {
        var sum = 0;
        foreach (var c in name)
        {
            sum = ((sum * 31) + c) & 0x7fffffff;
        }

        return Paint(InstanceColours[sum % InstanceColours.Length], text);
    }

    private string Paint(string code, string text) => enabled && text.Length > 0 ? $"\x1b[{code}m{text}\x1b[0m" : text;
}
