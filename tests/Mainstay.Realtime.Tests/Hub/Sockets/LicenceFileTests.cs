using Mainstay.Realtime.Hub.Sockets;

namespace Mainstay.Realtime.Tests.Hub.Sockets;

public sealed class LicenceFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(1, "line 2 is not")]
    [InlineData(3, "lines 2, 3, 4 are not")]
    [InlineData(12, "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and more are not")]
    public void Every_bad_line_is_named_until_they_are_many(int bad, string told)
    {
        File.WriteAllLines(_path, [$"north till-1 {new string('a', 64)}", .. Enumerable.Repeat("north till-2 short", bad)]);
        var (file, fault) = LicenceFile.Open(_path);
        Assert.Null(file);
        Assert.Contains(told, fault, StringComparison.Ordinal);
    }
}
