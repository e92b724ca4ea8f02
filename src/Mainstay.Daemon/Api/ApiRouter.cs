using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Events;
using Mainstay.Spec.Model;
using Mainstay.Daemon.Applying;
using Mainstay.Journal;
using Mainstay.Spec.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Api;

/// <summary>The API of the unix socket, described by GET /v1/openapi.json. Who may open the socket may do everything: its mode is 0600.</summary>
internal sealed class ApiRouter(DaemonCore core, IJournal journal, TimeProvider clock, ILogger<ApiRouter> logger)
{
    private static readonly TimeSpan EventPoll = TimeSpan.FromMilliseconds(250);

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await DispatchAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to answer.
        }
        catch (BadHttpRequestException e)
        {
            // Kestrel's: a body above its limit (413), one that comes too slowly (408), chunks that are none (400).
            await RefuseAsync(http, e.StatusCode, "The request's body cannot be taken", $"{e.Message} It may have at most {ApiServer.MaxBodyBytes} bytes.", []);
        }
        catch (JsonException e)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "The request is not the JSON that was expected", e.Message, []);
        }
        catch (ApplyRefusedException e)
        {
            await RefuseAsync(http, StatusCodes.Status422UnprocessableEntity, "The manifest was refused; nothing was changed", e.Message, e.Problems);
        }
        catch (Exception e)
        {
            logger.RequestFailed(e, http.Request.Method, http.Request.Path);
            if (!http.Response.HasStarted)
            {
                await RefuseAsync(http, StatusCodes.Status500InternalServerError, "The daemon failed to carry this out", e.Message, []);
            }
        }
    }

    private Task DispatchAsync(HttpContext http)
    {
        if (ApiEndpoints.Find(http.Request.Method, http.Request.Path.Value ?? "") is not { } endpoint)
        {
            return RefuseAsync(http, StatusCodes.Status404NotFound, "There is no such thing here", $"{http.Request.Method} {http.Request.Path} is not part of this API", []);
        }

        return endpoint.Operation switch
        {
            ApiOperation.Version => WriteAsync(http, core.Version(), WireJson.Default.VersionDocument),
            ApiOperation.Status => WriteAsync(http, core.Status(), WireJson.Default.StatusDocument),
            ApiOperation.Events => EventsAsync(http),
            ApiOperation.Apply => ApplyAsync(http),
            ApiOperation.Act => RunAsync(http, WireJson.Default.ActionRequest, (r, p) => core.ActAsync(r, p, http.RequestAborted)),
            ApiOperation.Scale => RunAsync(http, WireJson.Default.ScaleRequest, (r, p) => core.ScaleAsync(r, p, http.RequestAborted)),
            ApiOperation.Down => RunAsync(http, WireJson.Default.DownRequest, core.DownAsync),
            ApiOperation.Deploy => DeployAsync(http),
            ApiOperation.Rollback => RunAsync(http, WireJson.Default.RollbackRequest, core.Rollouts.RollbackAsync),
            ApiOperation.RolloutWish => RunAsync(http, WireJson.Default.RolloutWishRequest, core.Rollouts.WishAsync),
            ApiOperation.Rollouts => WriteAsync(http, core.Rollouts.All(Number(http), Limit(http, 100)), WireJson.Default.RolloutsDocument),
            ApiOperation.RolloutReport => ReportAsync(http),
            ApiOperation.Releases => WriteAsync(http, core.Rollouts.Releases(Service(http)), WireJson.Default.ReleasesDocument),
            ApiOperation.Switches or ApiOperation.SwitchesForServices => WriteAsync(http, new SwitchesDocument(core.Switches.All()), WireJson.Default.SwitchesDocument),
            ApiOperation.SetSwitch => RunAsync(http, WireJson.Default.SwitchRequest, (SwitchRequest r, Action<OperationStep> _) => core.Switches.SetAsync(r, CancellationToken.None)),
            ApiOperation.ReloadEdge => OperationStream.RunAsync(http, core.ReloadEdgeAsync),
            ApiOperation.OpenApi => OpenApiAsync(http),
        };
    }

    private static Task OpenApiAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(OpenApiDocument.Text(), http.RequestAborted);
    }

    private async Task ApplyAsync(HttpContext http)
    {
        var request = await ReadAsync(http, WireJson.Default.ApplyRequest);
        var prepared = core.InReleases(core.Prepare(request), request.Services);
        await OperationStream.RunAsync(http, progress => core.ApplyAsync(prepared, request.Services, progress, http.RequestAborted));
    }

    private async Task DeployAsync(HttpContext http)
    {
        var request = await ReadAsync(http, WireJson.Default.DeployRequest);
        var prepared = core.Prepare(request.Manifest);
        await OperationStream.RunAsync(http, tell => core.Rollouts.DeployAsync(request, prepared, tell, http.RequestAborted));
    }

    private Task ReportAsync(HttpContext http)
    {
        var html = http.Request.Query["format"] == "html";
        if (core.Rollouts.Report(Number(http), html) is not { } report)
        {
            return RefuseAsync(http, StatusCodes.Status404NotFound, "There is no such rollout", "no rollout of that number is remembered here", []);
        }

        http.Response.ContentType = html ? "text/html; charset=utf-8" : "text/markdown; charset=utf-8";
        return http.Response.WriteAsync(report, http.RequestAborted);
    }

    private static long? Number(HttpContext http) => long.TryParse(http.Request.Query["number"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ServiceName? Service(HttpContext http) => http.Request.Query["service"].ToString() is { Length: > 0 } name ? new ServiceName(name) : null;

    private static int Limit(HttpContext http, int usual) => int.TryParse(http.Request.Query["limit"], out var limit) ? Math.Clamp(limit, 0, 10_000) : usual;

    private static async Task RunAsync<T>(HttpContext http, JsonTypeInfo<T> type, Func<T, Action<OperationMessage>, Task<OperationResult>> run)
    {
        var request = await ReadAsync(http, type);
        await OperationStream.RunAsync(http, tell => run(request, tell));
    }

    private static async Task RunAsync<T>(HttpContext http, JsonTypeInfo<T> type, Func<T, Action<OperationStep>, Task<OperationResult>> run)
    {
        var request = await ReadAsync(http, type);
        await OperationStream.RunAsync(http, progress => run(request, progress));
    }

    private async Task EventsAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var after = long.TryParse(query["after"], out var a) ? a : 0;
        var limit = Limit(http, 100);
        var follow = query["follow"] == "true";
        http.Response.ContentType = Ndjson.ContentType;
        do
        {
            foreach (var e in journal.Events(after, limit))
            {
                await Ndjson.WriteLineAsync(http.Response, new EventRecord(e.Id, e.At, e.Kind, e.Service, e.Instance, e.Because), WireJson.Default.EventRecord, http.RequestAborted);
                after = e.Id;
            }

            if (follow)
            {
                limit = 10_000;
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(EventPoll, clock, http.RequestAborted);
            }
        }
        while (follow);
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) ?? throw new JsonException("the body is null");

    private static Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext http, int status, string title, string detail, ImmutableArray<Problem> problems)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        return JsonSerializer.SerializeAsync(http.Response.Body, new ErrorDocument(title, detail, problems), WireJson.Default.ErrorDocument, http.RequestAborted);
    }
}
