using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void Replacing_leaves_the_new_content_the_mode_and_no_draft()
    {
        var path = Path.Combine(_kernel.Scratch, "file");
        DurableFile.Replace(path, "old"u8);
        File.WriteAllText(path + ".new", "left by a crash");
        DurableFile.Replace(path, "new"u8, durable: false);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.False(File.Exists(path + ".new"));
    }

    [Fact]
    public void A_failure_leaves_the_old_content()
    {
        var path = Path.Combine(_kernel.Scratch, "taken");
        Directory.CreateDirectory(Path.Combine(path, "full"));
        var refused = Assert.Throws<LinuxException>(() => DurableFile.Replace(path, "new"u8));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(path, "full")));
    }
}
