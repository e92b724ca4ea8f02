using System.IO.Pipes;
using Mainstay.Linux.Files;

namespace Mainstay.Linux.Tests.Files;

public class StandardStreamTests
{
    private const int BrokenPipe = 32;

    [Fact]
    public void A_reader_that_has_gone_is_an_error_and_not_silence()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var writer = new AnonymousPipeClientStream(PipeDirection.Out, reader.ClientSafePipeHandle);
        using var stream = StandardStream.Of((int)writer.SafePipeHandle.DangerousGetHandle());
        stream.Write("once"u8);
        reader.Dispose();

        Assert.Equal(BrokenPipe, Assert.Throws<IOException>(() => stream.Write("again"u8)).HResult);
    }

    [Fact]
    public void Two_streams_of_one_file_do_not_write_over_each_other()
    {
        var path = Path.GetTempFileName();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite))
        {
            var number = (int)file.DangerousGetHandle();
            using var output = StandardStream.Of(number);
            using var error = StandardStream.Of(number);
            output.Write("one "u8);
            error.Write("two "u8);
            output.Write("three"u8);
        }

        Assert.Equal("one two three", File.ReadAllText(path));
        File.Delete(path);
    }
}
