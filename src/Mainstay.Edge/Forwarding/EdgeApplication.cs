using Mainstay.Edge.Answers;
using Mainstay.Edge.Drain;
using Mainstay.Edge.Logs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Forwarding;

/// <summary>What the server calls for every request. No middleware, no HttpContext: a request costs what it does.</summary>
internal sealed class EdgeApplication(RequestHandler handler, WorkerDrain drain, ILogger<EdgeApplication> log) : IHttpApplication<EdgeRequest>
{
    public EdgeRequest CreateContext(IFeatureCollection contextFeatures)
    {
        EdgeRequest request;
        if (contextFeatures is IHostContextContainer<EdgeRequest> container)
        {
            request = container.HostContext ??= new(drain);
        }
        else
        {
            request = new(drain);
        }

        request.Begin(contextFeatures);
        return request;
    }

    public async Task ProcessRequestAsync(EdgeRequest context)
    {
        var connection = context.Connection;
        drain.Enter();
        connection?.Enter(context.IsHttp2);
        try
        {
            await handler.HandleAsync(context);
        }
        catch (Exception e) when (e is not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            if (!context.Aborted.IsCancellationRequested)
            {
                log.RequestFailed(context.CorrelationId, e);
            }

            await Answerer.GiveAsync(context, EdgeVerdict.Internal, ErrorPages.BuiltIn);
        }
        finally
        {
            connection?.Leave();
            drain.Leave();
        }
    }

    public void DisposeContext(EdgeRequest context, Exception? exception) => context.End();
}
