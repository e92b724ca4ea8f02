using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Diff;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>Whether a process runs the release that it should, by what the kernel says of it.</summary>
/// <param name="Lines">Each <c>ok</c>, <c>note</c> or <c>FAILED</c>, and both sides.</param>
public sealed record ProcessProof(bool Ok, ImmutableArray<string> Lines)
{
    private const string Deleted = " (deleted)";

    // Mainstay's own win over declared ones of the same name; they are compared by themselves or differ for each instance.
    private static readonly string[] s_own = ["PORT", "NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID"];

    /// <param name="sight">Null when the process is gone.</param>
    public static ProcessProof Of(ExpectedProcess expected, ProcessSight? sight, ImmutableArray<FileArgument> files)
    {
        if (sight is null)
        {
            return new(false, ["FAILED the process has ended"]);
        }

        ImmutableArray<string> lines =
        [
            WorkingDirectory(expected, sight.WorkingDirectory),
            Executable(expected, sight),
            .. files.Select(f => Argument(expected, f)).OfType<string>(),
            .. Environment(expected, sight.Environment),
        ];
        return new(!lines.Any(l => l.StartsWith("FAILED", StringComparison.Ordinal)), lines);
    }

    /// <summary>Without a release there is no other one to work in by mistake, and servers go where their data lies: postgres, redis.</summary>
    private static string WorkingDirectory(ExpectedProcess expected, string actual) =>
        actual == expected.Directory ? $"ok working directory {actual}"
        : expected.Root is null ? $"note working directory is {actual}: it has left {expected.Directory} by itself"
        : $"FAILED working directory is {actual}, expected {expected.Directory}";

    private static string Executable(ExpectedProcess expected, ProcessSight sight)
    {
        var actual = sight.Executable;
        var program = expected.Command.Shell ? "/bin/sh" : expected.Command.Argv[0];
        if (actual.EndsWith(Deleted, StringComparison.Ordinal))
        {
            return $"FAILED executable {actual[..^Deleted.Length]} was deleted or replaced since the process started";
        }

        if (expected.Program is not { } resolved)
        {
            return $"FAILED executable is {actual}, and \"{program}\" is no program any more";
        }

        if (expected.IsOtherRelease(actual))
        {
            return $"FAILED executable is {actual}, of another release than {expected.Root}";
        }

        // An interpreter may lie anywhere, and so may what was only found in PATH; what was named by its path is what the user wrote.
        var wanted = resolved.Interpreter ?? resolved.File;
        var isNamed = program.Contains('/') || (actual != wanted && sight.Arguments is [var first, ..] && first.Contains('/'));
        if (isNamed && expected.IsForeign(actual) && !CommandCode.IsInterpreter(actual))
        {
            return $"FAILED runs {actual}, which is not in the release {expected.Root}";
        }

        if (actual == wanted)
        {
            return resolved.Interpreter is null ? $"ok executable {actual}" : $"ok executable {actual}, which runs {resolved.File}";
        }

        // A shell or a script of one may have put another program in its own place: that it works in the release is then what counts.
        if (expected.Command.Shell || CommandCode.IsShell(wanted) || Path.GetFileName(wanted) == "busybox")
        {
            return $"note executable is {actual}: \"{program}\" has replaced itself by it";
        }

        // Version managers stand in front of the real program with one of the same name.
        return Path.GetFileName(actual) == Path.GetFileName(wanted) && !(expected.Root is { } root && RealPath.IsWithin(root, wanted))
            ? $"note executable is {actual}, which {wanted} stands for"
            : $"FAILED executable is {actual}, expected {wanted}";
    }

    private static string? Argument(ExpectedProcess expected, FileArgument file)
    {
        if (expected.Root is not { } root)
        {
            return null;
        }

        var by = file.Child is { } pid ? $"its process {pid.ToString(CultureInfo.InvariantCulture)}: " : "";
        if (file.Role is ArgumentRole.Unseen)
        {
            return $"note {by}{file.Argument}: no file of it can be compared with the release";
        }

        return RealPath.IsWithin(root, file.RealPath) ? $"ok {by}{file.Argument} is {file.RealPath}"
            : expected.IsOtherRelease(file.RealPath) ? $"FAILED {by}{file.Argument} leads to {file.RealPath}, in another release than {root}"
            : file.Role is ArgumentRole.Tool ? $"note {by}{file.Argument} is a program of this host"
            : !file.Argument.StartsWith('/') ? $"FAILED {by}{file.Argument} leads to {file.RealPath}, outside the release {root}"
            : file.Role is ArgumentRole.Code ? $"FAILED {by}runs {file.RealPath}, which is not in the release {root}"
            : CommandCode.IsCodeName(file.RealPath) && expected.IsForeign(file.RealPath) ? $"note {by}{file.Argument} is not in the release"
            : null;
    }

    private static IEnumerable<string> Environment(ExpectedProcess expected, ImmutableSortedDictionary<string, string>? actual)
    {
        // A process may write a title over the place where its environment stood (setproctitle): the first of Mainstay's own is gone then.
        if (actual is null || (!actual.ContainsKey("MAINSTAY_SERVICE") && !actual.ContainsKey("MAINSTAY_RELEASE")))
        {
            yield return "note its environment cannot be read, or was written over by the process itself; it is not compared";
            yield break;
        }

        yield return Own("MAINSTAY_SERVICE", expected.Service.Value, actual);
        yield return Own("MAINSTAY_RELEASE", expected.Release, actual);
        var declared = expected.Environment.Where(v => !s_own.Contains(v.Key) && !v.Key.StartsWith("MAINSTAY_", StringComparison.Ordinal)).ToArray();
        var given = declared.Where(v => actual.ContainsKey(v.Key)).Select(v => new KeyValuePair<string, string>(v.Key, actual[v.Key]));
        var (wanted, seen) = (Revision.EnvironmentDigest(declared), Revision.EnvironmentDigest(given));
        yield return wanted == seen
            ? $"ok {declared.Length} declared variables, digest {seen[..12]}"
            : $"FAILED declared variables have the digest {seen[..12]}, expected {wanted[..12]}; different: {Names(declared.Where(v => actual.GetValueOrDefault(v.Key) != v.Value).Select(v => v.Key))}";
    }

    private static string Own(string name, string wanted, ImmutableSortedDictionary<string, string> actual) => actual.GetValueOrDefault(name) switch
    {
        { } value when value == wanted => $"ok {name}={value}",
        { } value => $"FAILED {name} is {value}, expected {wanted}",
        null => $"FAILED {name} is not set, expected {wanted}",
    };

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length <= 10 ? string.Join(", ", all) : $"{string.Join(", ", all.Take(10))} and {all.Length - 10} more";
    }
}
