using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mainstay.Linux.Proc.Ports;
using Mainstay.Spec.EnvSchema;

namespace Mainstay.Preflight.Ports;

/// <summary>Who holds a port, and how to make them let go so that it lasts.</summary>
/// <param name="secrets">Values that must not be shown, should a command line repeat one.</param>
internal sealed partial class HolderText(IReadOnlyCollection<string> secrets)
{
    private const int LongestCommand = 160;
    private const string Mask = "***";

    public string Who(PortHolder holder) => holder.Process is { } process
        ? string.Create(CultureInfo.InvariantCulture, $"pid {process.Identity.Pid}{Others(holder)}, {Keeper(process.RunBy)}: {CommandOf(process)}")
        : string.Create(CultureInfo.InvariantCulture, $"a process of the user with id {holder.Socket.UserId}, which only root may look at");

    /// <param name="orElse">What to do instead, such as choosing another port.</param>
    public static string HowToFree(PortHolder holder, string orElse)
    {
        var port = holder.Socket.Port.ToString(CultureInfo.InvariantCulture);
        var act = holder.Process?.RunBy switch
        {
            RunBy.Mainstay(var stack, var service) => $"stop it where it runs: mainstay stop {service}{(stack is null ? "" : $" (in the stack \"{stack}\")")}",
            RunBy.MainstayItself(_, { } home) => $"stop that Mainstay: mainstay down --daemon --home {home}",
            RunBy.MainstayItself(_, null) => "stop that Mainstay: mainstay down --daemon",
            RunBy.Pm2({ } app, var home) => $"{Pm2Home(home)}pm2 delete {app} (PM2 starts it again after a kill)",
            RunBy.Pm2(null, var home) => $"{Pm2Home(home)}pm2 list shows its name; then pm2 delete <name> (PM2 starts it again after a kill)",
            RunBy.Systemd(var unit, var ofUser) => $"systemctl {(ofUser ? "--user " : "")}stop {unit} (and disable it, or it comes back at the next boot)",
            RunBy.Docker({ } container) => $"docker stop {container}",
            RunBy.Docker(null) => $"docker ps --filter publish={port} shows its container; then docker stop <name>",
            RunBy.Nobody => $"end it (kill {holder.Process.Identity.Pid.ToString(CultureInfo.InvariantCulture)})",
            null => $"as root, look who it is: ss -ltnp 'sport = :{port}'",
            var other => throw new InvalidOperationException($"unknown keeper {other}"),
        };
        return $"{act}, or {orElse}";
    }

    private static string Keeper(RunBy runBy) => runBy switch
    {
        RunBy.Mainstay(var stack, var service) => $"service \"{service}\" of {(stack is null ? "another stack" : $"the stack \"{stack}\"")}, run by Mainstay",
        RunBy.MainstayItself(var role, var home) => $"the {role} of Mainstay{(home is null ? "" : $" at {home}")}",
        RunBy.Pm2({ } app, _) => $"run by PM2 as \"{app}\"",
        RunBy.Pm2(null, _) => "run by PM2",
        RunBy.Systemd(var unit, false) => $"run by systemd as {unit}",
        RunBy.Systemd(var unit, true) => $"run by the user's systemd as {unit}",
        RunBy.Docker({ } container) => $"run by Docker in the container {container}",
        RunBy.Docker(null) => "run by Docker",
        RunBy.Nobody => "run by nobody we know",
        var other => throw new InvalidOperationException($"unknown keeper {other}"),
    };

    private static string Others(PortHolder holder) => holder.Pids.Length switch
    {
        <= 1 => "",
        2 => " (and 1 more process)",
        var n => string.Create(CultureInfo.InvariantCulture, $" (and {n - 1} more processes)"),
    };

    private static string Pm2Home(string? home) =>
        home is null || home.EndsWith("/.pm2", StringComparison.Ordinal) ? "" : $"PM2_HOME={home} ";

    private string CommandOf(PortProcess process)
    {
        var shown = new StringBuilder();
        var maskNext = false;
        foreach (var argument in process.Arguments)
        {
            shown.Append(shown.Length == 0 ? "" : " ").Append(maskNext ? Mask : Masked(argument));
            maskNext = argument.StartsWith('-') && !argument.Contains('=') && SecretRules.LooksSecret(argument.TrimStart('-'));
        }

        var text = string.Concat(shown.ToString().Select(c => char.IsControl(c) ? '?' : c));
        return text.Length switch
        {
            0 => $"[{process.Name}]",
            > LongestCommand => string.Concat(text.AsSpan(0, LongestCommand - 3), "..."),
            _ => text,
        };
    }

    private string Masked(string argument)
    {
        var shown = secrets.Aggregate(argument, (text, secret) => text.Replace(secret, Mask, StringComparison.Ordinal));
        var equals = shown.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && SecretRules.LooksSecret(shown[..equals].TrimStart('-'))
            ? $"{shown[..equals]}={Mask}"
            : UrlPassword().Replace(shown, $"${{before}}{Mask}@");
    }

    [GeneratedRegex("(?<before>://[^/@:]*:)[^/@]+@", RegexOptions.ExplicitCapture)]
    private static partial Regex UrlPassword();
}
