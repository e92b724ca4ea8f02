using Mainstay.Linux.Files;

namespace Mainstay.Linux.Tests.Files;

public sealed class FileFactsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-facts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kind_mode_owner_and_length_are_told()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllBytes(file, new byte[1234]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), file);

        var facts = FileFacts.Look(file);

        Assert.Equal((FileKind.Regular, UnixFileMode.UserRead | UnixFileMode.GroupRead, 1234), (facts.Kind, facts.Mode, facts.Length));
        Assert.Equal(FileFacts.Look(_folder).Owner, facts.Owner);
        Assert.Equal(facts, FileFacts.Look(Path.Combine(_folder, "link")));
        Assert.Equal(FileKind.Folder, FileFacts.Look(_folder).Kind);
        Assert.Equal(FileKind.Other, FileFacts.Look("/dev/null").Kind);
    }

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/dev/null/below-a-file")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Nothing_is_told_as_missing(string path) => Assert.Equal(new FileFacts(FileKind.Missing), FileFacts.Look(path));
}
