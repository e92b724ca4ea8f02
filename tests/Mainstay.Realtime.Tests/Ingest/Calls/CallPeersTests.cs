using System.Text;
using Mainstay.Realtime.Ingest.Calls;

namespace Mainstay.Realtime.Tests.Ingest.Calls;

public sealed class CallPeersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-").FullName;
    private readonly StringWriter _news = new();
    private readonly StringWriter _trouble = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _news.Dispose();
        _trouble.Dispose();
    }

    [Fact]
    public void A_process_has_a_socket_of_its_own_in_the_folder_of_the_service()
    {
        using var peers = Peers(_folder);
        Assert.Equal(Path.Combine(_folder, "calls"), Path.GetDirectoryName(peers.Socket));
        Assert.Equal("", _trouble.ToString());
    }

    [Theory]
    [InlineData('x', 107)]
    [InlineData('ä', 54)]
    public void A_path_that_no_socket_can_have_leaves_it_alone_and_is_said_with_what_to_do(char letter, int letters)
    {
        using var peers = Peers(Path.Combine(_folder, new(letter, letters)));
        Assert.Null(peers.Socket);
        var line = _trouble.ToString();
        Assert.Contains(" warn ", line, StringComparison.Ordinal);
        Assert.Contains(_folder, line, StringComparison.Ordinal);
        Assert.Contains("longer than the 107 bytes", line, StringComparison.Ordinal);
        Assert.Contains("MAINSTAY_HOME", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_path_that_a_socket_can_have_is_taken()
    {
        using var measure = Peers(_folder);
        var room = 107 - Encoding.UTF8.GetByteCount(measure.Socket!) - 1;
        using var peers = Peers(Path.Combine(_folder, new string('x', room)));
        Assert.Equal(107, peers.Socket!.Length);
    }

    private CallPeers Peers(string data)
    {
        using var log = new LineLog(_news, _trouble, TimeProvider.System);
        return new(data, log.CreateLogger("peers"));
    }
}
