using Mainstay.Linux.Files;

namespace Mainstay.Preflight.Host;

[Flags]
internal enum Want
{
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>
/// Whether a user may do something with a path, from the mode bits of it and of every folder above it: services run as users that we are
/// not, so the kernel cannot be asked. Access lists are not seen; where they grant more than the bits, this is too strict.
/// </summary>
internal static class PathAccess
{
    /// <returns>Null when it is permitted or there is nothing to permit; else who may not do what, as one clause.</returns>
    public static string? WhyNot(IHostFacts host, HostUser user, string path, Want want)
    {
        foreach (var folder in FoldersAbove(path))
        {
            if (host.Look(folder) is { Kind: FileKind.Folder } facts && !Allows(facts, user, Want.Execute))
            {
                return $"user \"{user.Name}\" may not enter {folder}";
            }
        }

        var target = host.Look(path);
        return target.Kind is FileKind.Missing || Allows(target, user, want) ? null : $"user \"{user.Name}\" may not {Verb(target, want)} {path}";
    }

    public static bool Allows(FileFacts facts, HostUser user, Want want)
    {
        var mode = (int)facts.Mode & 0b111_111_111;
        if (user.IsRoot)
        {
            // Root may everything but execute a file that nobody may execute.
            return facts.Kind is not FileKind.Regular || !want.HasFlag(Want.Execute) || (mode & 0b001_001_001) != 0;
        }

        var bits = facts.Owner == user.Id ? mode >> 6 : user.Groups.Contains(facts.Group) ? mode >> 3 : mode;
        return (bits & (int)want) == (int)want;
    }

    private static string Verb(FileFacts target, Want want) => (target.Kind, want) switch
    {
        (FileKind.Folder, Want.Execute) => "enter",
        (_, Want.Execute) => "execute",
        (_, Want.Write) => "write",
        (_, Want.Read) => "read",
        _ => "use",
    };

    private static Stack<string> FoldersAbove(string path)
    {
        var above = new Stack<string>();
        for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            above.Push(folder);
        }

        return above;
    }
}
