using System.Net.Sockets;
using Mainstay.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mainstay.Daemon.Api;

/// <summary>Kestrel on the home's unix socket, without a web host around it: no container, no configuration, no middleware to load and to keep in memory.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Of a request's body, with a declared length or without. A manifest with its variables is some kilobytes.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;
    private readonly string _socketPath;

    private ApiServer(KestrelServer server, string socketPath) => (_server, _socketPath) = (server, socketPath);

    public static async Task<ApiServer> StartAsync(HomeLayout home, RequestDelegate handle, ILoggerFactory loggers, CancellationToken token)
    {
        // We hold the home's lock, so a socket file that is there was left by a daemon that is gone.
        File.Delete(home.ApiSocket);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.ListenUnixSocket(home.ApiSocket, listen => listen.Protocols = HttpProtocols.Http1);

        // Following events and long operations are streams that may be silent for long.
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxConcurrentConnections = 256;
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var server = new KestrelServer(Options.Create(options), transport, loggers);

        // The folder is 0700, so nobody else can reach the socket before its own mode is set.
        await server.StartAsync(new ApiApplication(handle), token);
        File.SetUnixFileMode(home.ApiSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new ApiServer(server, home.ApiSocket);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopDeadline);
        try
        {
            await _server.StopAsync(deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Followers of events do not hold up the end of the daemon.
        }

        _server.Dispose();
        File.Delete(_socketPath);
    }
}
