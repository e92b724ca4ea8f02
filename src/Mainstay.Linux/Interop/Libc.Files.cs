using System.Runtime.InteropServices;

namespace Mainstay.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_TYPE = 1;
    public const uint STATX_BASIC_STATS = 0x7ff;

    public const uint SPLICE_F_NONBLOCK = 2;

    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int LOCK_UN = 8;

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetExtendedAttribute(string path, string name, void* value, nuint size);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(Descriptor file, long length);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, StatBuffer* result);
}

/// <summary>C's struct statx, as far as it is read here; unlike struct stat it is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatBuffer
{
    public const ushort TypeMask = 0xF000;
    public const ushort FifoType = 0x1000;
    public const ushort FolderType = 0x4000;
    public const ushort RegularType = 0x8000;
    public const ushort PermissionMask = 0xFFF;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    /// <summary>Major and minor number of the file system.</summary>
    [FieldOffset(136)]
    public ulong Device;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

    public readonly bool IsSameFile(in StatBuffer other) => (Inode, Device) == (other.Inode, other.Device);
}
