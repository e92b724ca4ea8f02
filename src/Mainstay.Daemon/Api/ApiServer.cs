using System.Net.Sockets;
using Mainstay.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Api;

/// <summary>Kestrel on the home's unix socket, with nothing of ASP.NET that the API does not need.</summary>
internal sealed class ApiServer(WebApplication app, string socketPath) : IAsyncDisposable
{
    public static async Task<ApiServer> StartAsync(HomeLayout home, Func<Microsoft.AspNetCore.Http.HttpContext, Task> handle, ILoggerFactory loggers, CancellationToken token)
    {
        // We hold the home's lock, so a socket file that is there was left by a daemon that is gone.
        File.Delete(home.ApiSocket);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.ListenUnixSocket(home.ApiSocket, listen => listen.Protocols = HttpProtocols.Http1);

            // Following events and long operations are streams that may be silent for long.
            options.Limits.MinResponseDataRate = null;
            options.Limits.MaxConcurrentConnections = 256;
        });
        var app = builder.Build();
        app.Run(context => handle(context));

        // The folder is 0700, so nobody else can reach the socket before its own mode is set.
        await app.StartAsync(token);
        File.SetUnixFileMode(home.ApiSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new ApiServer(app, home.ApiSocket);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await app.StopAsync(deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Followers of events do not hold up the end of the daemon.
        }

        await app.DisposeAsync();
        File.Delete(socketPath);
    }
}
