using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Serving;

/// <summary>One port: WebSockets are taken over as connections, everything else is HTTP.</summary>
internal sealed class RealtimeServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private Task _heap = Task.CompletedTask;

    /// <param name="port">On loopback: the edge is in front. 0 for any that is free.</param>
    /// <param name="decide">What becomes of a request for a WebSocket.</param>
    /// <param name="http">Answers everything else.</param>
    /// <param name="unixSocket">A path at which it is asked as well, by HTTP only; null: none.</param>
    public RealtimeServer(int port, Func<UpgradeRequest, CancellationToken, ValueTask<UpgradeAnswer>> decide, RequestDelegate http, ServingLimits limits, TimeProvider time, ILoggerFactory loggers, string? unixSocket = null)
    {
        _time = time;
        var takeover = new UpgradeTakeover(decide, limits, time, loggers.CreateLogger<UpgradeTakeover>());
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<KestrelServerOptions>(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = limits.Connections;
            server.Limits.MaxRequestHeadersTotalSize = limits.HeadBytes;
            server.Limits.RequestHeadersTimeout = limits.HeadPatience;
            server.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(takeover.Take);
            });
            if (unixSocket is not null)
            {
                server.ListenUnixSocket(unixSocket, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        _host = builder.Build();
        _host.Run(http);
    }

    /// <summary>After the start: where it listens.</summary>
    public int Port => new Uri(_host.Urls.First()).Port;

    public async Task StartAsync(CancellationToken token)
    {
        await _host.StartAsync(token);
        _heap = new QuietHeap().RunAsync(_time, _ended.Token);
    }

    /// <summary>Connections that are open by then are cut.</summary>
    public Task StopAsync(CancellationToken cut) => _host.StopAsync(cut);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _heap.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        await _host.DisposeAsync();
    }
}
