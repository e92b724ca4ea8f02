using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Files;

public enum FileKind
{
    Missing,
    Regular,
    Folder,

    /// <summary>A device, a socket, a FIFO.</summary>
    Other,

    /// <summary>A folder above it keeps us from looking.</summary>
    Hidden,
}

/// <summary>What a path leads to, symbolic links followed. Everything but the kind is zero when there is nothing.</summary>
public readonly record struct FileFacts(FileKind Kind, UnixFileMode Mode = 0, uint Owner = 0, uint Group = 0, long Length = 0)
{
    /// <summary>Never throws for what is or is not there.</summary>
    public static unsafe FileFacts Look(string path)
    {
        if (path.Contains('\0'))
        {
            return default;
        }

        StatBuffer stat;
        if (Libc.Statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &stat) != 0)
        {
            return new(Marshal.GetLastPInvokeError() == Errno.EACCES ? FileKind.Hidden : FileKind.Missing);
        }

        var kind = (stat.Mode & StatBuffer.TypeMask) switch
        {
            StatBuffer.RegularType => FileKind.Regular,
            StatBuffer.FolderType => FileKind.Folder,
            _ => FileKind.Other,
        };
        return new(kind, (UnixFileMode)(stat.Mode & StatBuffer.PermissionMask), stat.User, stat.Group, (long)stat.Size);
    }
}
