using System.Buffers;
using System.Text.Json;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Spec.Diff;

/// <summary>
/// What of a service is built into its process, so that changing it takes a new process. Everything else is policy, which Mainstay applies to
/// the running one: probes, restart limits, how to stop, logs, what it waits for, and how many there are.
/// </summary>
internal static class ProcessPart
{
    /// <summary>Name and canonical value of each part; the environment is not among them.</summary>
    public static IEnumerable<(string Key, string? Value)> Of(ServiceSpec spec)
    {
        yield return ("command", Canonical(spec.Command));
        yield return ("directory", spec.Directory);
        yield return ("port", spec.Port.Kind is PortKind.Fixed ? Invariant(spec.Port.Number) : spec.Port.Kind.ToString());
        yield return ("user", spec.User);
        yield return ("resources.memory", spec.Resources.Memory is { } memory ? Invariant(memory) : null);
        yield return ("resources.cpus", spec.Resources.Cpus is { } cpus ? cpus.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : null);
        yield return ("resources.open_files", spec.Resources.OpenFiles is { } files ? Invariant(files) : null);

        // Who is watched by sd_notify was given a socket and a watchdog interval when it was started; other checks leave no mark on the process.
        yield return ("healthcheck.notify", spec.Healthcheck is { Probe: NotifyProbeSpec } check ? $"{DurationText.Format(check.Interval)} {Invariant(check.Retries)}" : null);
    }

    private static string Canonical(CommandSpec command)
    {
        // JSON, because joined words could not be told apart from one word with blanks.
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteBooleanValue(command.Shell);
            foreach (var word in command.Argv)
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Invariant(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
