using System.Net.Sockets;
using System.Text;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public class SupervisorSocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_asks_for_time_in_a_datagram(bool isAbstract)
    {
        var name = Path.Combine(Path.GetTempPath(), $"mainstay-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        try
        {
            Assert.True(new SupervisorSocket(isAbstract ? "@" + name : name).ExtendTimeout(TimeSpan.FromSeconds(15)));

            var bytes = new byte[100];
            Assert.Equal("EXTEND_TIMEOUT_USEC=15000000", Encoding.ASCII.GetString(bytes, 0, listener.Receive(bytes)));
        }
        finally
        {
            File.Delete(name);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nowhere/at/all.sock")]
    public void Where_nobody_listens_it_goes_on(string? address) => Assert.False(new SupervisorSocket(address).ExtendTimeout(TimeSpan.FromSeconds(1)));
}
