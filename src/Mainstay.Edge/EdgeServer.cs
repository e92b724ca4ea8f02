using System.Text;
using Mainstay.Edge.Drain;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Headers;
using Mainstay.Edge.Listening;
using Mainstay.Edge.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge;

/// <summary>Kestrel on the inherited sockets, with our application instead of a web host's: no middleware, no scopes, no per-request services.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly IServer _server;
    private readonly EdgeApplication _application;
    private readonly InheritedListenerFactory _listeners;

    public EdgeServer(EdgeOptions options, EdgeApplication application, ClientConnections connections, CertificateStore certificates, ILoggerFactory loggers)
    {
        _application = application;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<SocketTransportOptions>(InheritedListenerFactory.Configure);
        builder.Services.AddSingleton<InheritedListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<InheritedListenerFactory>());
        builder.Services.Configure<KestrelServerOptions>(server => Configure(server, options, connections, certificates));
        _host = builder.Build();
        _listeners = _host.Services.GetRequiredService<InheritedListenerFactory>();
        _server = _host.Services.GetRequiredService<IServer>();
    }

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(_application, cancellation);

    /// <summary>Accepts nothing more; everything that is open goes on.</summary>
    public void Park() => _listeners.Park();

    /// <summary>Ends what is left: connections finish their requests until <paramref name="cut"/>, and then end.</summary>
    public Task StopAsync(CancellationToken cut) => _server.StopAsync(cut);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static void Configure(KestrelServerOptions server, EdgeOptions options, ClientConnections connections, CertificateStore certificates)
    {
        var (limits, wanted) = (server.Limits, options.Limits);
        server.AddServerHeader = false;
        server.AllowSynchronousIO = false;

        // Byte for byte through strings and back; whether a value makes sense is the application's business.
        server.RequestHeaderEncodingSelector = name => name == "Connection" ? ConnectionFieldEncoding.Instance : Encoding.Latin1;
        server.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        limits.MaxConcurrentConnections = wanted.Connections;
        limits.MaxConcurrentUpgradedConnections = null;
        limits.MaxRequestLineSize = wanted.RequestLineBytes;
        limits.MaxRequestHeadersTotalSize = wanted.RequestHeaderBytes;
        limits.MaxRequestHeaderCount = wanted.RequestHeaderCount;
        limits.MaxRequestBodySize = wanted.RequestBodyBytes;
        limits.RequestHeadersTimeout = wanted.RequestHead;
        limits.KeepAliveTimeout = wanted.ClientIdle;
        foreach (var listener in options.Listeners)
        {
            server.Listen(new InheritedEndPoint(listener), listen =>
            {
                listen.Protocols = listener.Tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                listen.Use(next => context => connections.OnConnectionAsync(context, next));
                if (listener.Tls)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = context => ValueTask.FromResult(certificates.For(context.ClientHelloInfo.ServerName)),
                        HandshakeTimeout = wanted.TlsHandshake,
                    });
                }
            });
        }
    }
}
