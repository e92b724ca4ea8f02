namespace Mainstay.Linux.Interop;

/// <summary>The kernel refused something that Mainstay needs; the message names what was tried and the kernel's reason.</summary>
public sealed class LinuxException(string attempt, int errno) : IOException($"{attempt}: {Interop.Errno.Describe(errno)}")
{
    /// <summary>The error number, one of <see cref="Interop.Errno"/> or another of the C library's.</summary>
    public int Errno { get; } = errno;
}
