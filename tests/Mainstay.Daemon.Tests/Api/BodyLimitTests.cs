using System.Net.Sockets;
using System.Text;
using Mainstay.Contracts;
using Mainstay.Daemon.Api;
using Mainstay.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Daemon.Tests.Api;

public sealed class BodyLimitTests : IDisposable
{
    private readonly HomeLayout _home = new(Directory.CreateTempSubdirectory("ms-api-").FullName);

    public void Dispose() => Directory.Delete(_home.Root, recursive: true);

    /// <summary>A declared length is refused by the head alone; one that is not, by the first byte above the limit.</summary>
    [Theory]
    [InlineData("Content-Length: 4194305\r\n\r\n", 0)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n400001\r\n", ApiServer.MaxBodyBytes + 1)]
    public async Task A_body_above_the_limit_is_refused_whether_its_length_is_declared_or_not(string rest, int sent)
    {
        Directory.CreateDirectory(_home.Run);

        // No core: a body that is refused never reaches it.
        var router = new ApiRouter(null!, new MemoryJournal(), TimeProvider.System, NullLogger<ApiRouter>.Instance);
        await using var server = await ApiServer.StartAsync(_home, router.HandleAsync, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(_home.ApiSocket), TestContext.Current.CancellationToken);

        await client.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/apply HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{rest}{new string(' ', sent)}"), TestContext.Current.CancellationToken);

        using var answer = new StreamReader(new NetworkStream(client));
        Assert.StartsWith("HTTP/1.1 413", await answer.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
