using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mainstay.Linux.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    public static partial nint SpliceToFile(Descriptor from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint length, uint flags);
}
