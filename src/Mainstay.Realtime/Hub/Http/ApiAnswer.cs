using System.Globalization;
using System.Text;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>How the API answers.</summary>
internal static class ApiAnswer
{
    /// <summary>Where a request is.</summary>
    /// <param name="status">Null: that of its state.</param>
    public static Task TellAsync(HttpContext http, RequestRecord request, int? status)
    {
        Name(http, request);
        return WriteAsync(http, status ?? request.Phase.HttpStatus(), MessageWriter.Update(request.Id.Value, request));
    }

    /// <summary>What says in the answer's head which request it is about.</summary>
    public static void Name(HttpContext http, RequestRecord request)
    {
        http.Response.Headers["X-Correlation-ID"] = request.Spec.Correlation;
        if (request.Spec.Trace is { } trace)
        {
            http.Response.Headers["traceparent"] = trace;
        }

        http.Response.Headers.Location = $"/_hub/requests/{request.Id}";
    }

    public static Task RefuseAsync(HttpContext http, HubError error)
    {
        if (error.RetryAfter is { } retry)
        {
            http.Response.Headers.RetryAfter = ((long)Math.Ceiling(retry.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, error.Code.HttpStatus(), MessageWriter.Error(error));
    }

    /// <summary>A refusal that is HTTP's, and has no code of the hub's own.</summary>
    /// <param name="message">Without anything that the request carried.</param>
    public static Task RefuseAsync(HttpContext http, int status, string code, string message) =>
        WriteAsync(http, status, Encoding.UTF8.GetBytes($$"""{"t":"err","code":"{{code}}","message":"{{message}}","temporary":{{(status is 503 ? "true" : "false")}}}"""));

    public static async Task WriteAsync(HttpContext http, int status, byte[] body, string type = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
