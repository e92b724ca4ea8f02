using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Ingest.Http;

/// <summary>How the service answers over HTTP.</summary>
internal static class Answers
{
    public static Task ProblemAsync(HttpContext http, int status, string code, string detail) =>
        WriteAsync(http, status, new JsonObject { ["type"] = "about:blank", ["status"] = status, ["title"] = code, ["detail"] = detail }.ToJsonString());

    public static Task WriteAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }
}
