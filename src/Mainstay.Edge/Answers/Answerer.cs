using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Mainstay.Edge.Forwarding;

namespace Mainstay.Edge.Answers;

/// <summary>Writes the edge's own answers: HTML for people, problem+json (RFC 9457) for programs, by Accept.</summary>
internal static class Answerer
{
    private const string MainstayError = "Mainstay-Error";
    private const string FaviconPath = "/favicon.ico";
    private const int NoFavicon = 3600;
    private const int NoFaviconWhileAway = 30;

    public static bool IsFavicon(EdgeRequest request) => request.Path == FaviconPath && request.Method is "GET" or "HEAD";

    public static async Task GiveAsync(EdgeRequest request, EdgeVerdict verdict, ErrorPages pages)
    {
        if (request.HasResponseStarted)
        {
            request.Abort();
            return;
        }

        request.ResponseHeaders.Clear();
        if (verdict.Status >= 404 && IsFavicon(request))
        {
            // Soon the application may answer again, and may have one.
            GiveNoFavicon(request, NoFaviconWhileAway);
            return;
        }

        request.SetStatus(verdict.Status);
        request.Announce();
        var headers = request.ResponseHeaders;
        headers.CacheControl = "no-store";
        headers[MainstayError] = verdict.Kind;
        headers.Vary = "Accept";
        headers.XContentTypeOptions = "nosniff";
        if (verdict.RetryAfter > 0)
        {
            headers.RetryAfter = verdict.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        if (verdict.Own is { } own)
        {
            headers.Remove("Vary");
            headers.ContentType = own.Type;
            await WriteAsync(request, own.Bytes);
            return;
        }

        var html = Acceptable.PrefersHtml(request.Headers.Accept.ToString());
        byte[] body;
        if (html)
        {
            headers.ContentType = "text/html; charset=utf-8";
            headers.ContentSecurityPolicy = pages.Own(verdict.Status) is null ? "default-src 'none'; style-src 'unsafe-inline'; img-src data:" : default;
            if (verdict.Status == 503 && request.Method == "GET")
            {
                headers["Refresh"] = headers.RetryAfter;
            }

            body = pages.Own(verdict.Status) ?? BuiltInPage.Render(verdict, request.CorrelationId);
        }
        else
        {
            headers.ContentType = "application/problem+json";
            body = Problem(verdict, request.CorrelationId);
        }

        await WriteAsync(request, body);
    }

    private static async Task WriteAsync(EdgeRequest request, byte[] body)
    {
        // RFC 9110, 15.3.5 and 15.4.5: these have no body, and the server would take one for a fault.
        request.ResponseHeaders.ContentLength = request.Status is 204 or 304 ? null : body.Length;
        if (!request.IsHead && request.Status is not (204 or 304))
        {
            request.ResponseBody.Write(body);
            await request.ResponseBody.FlushAsync();
        }
    }

    /// <summary>Browsers ask for it unasked; an application without one should not fill logs and consoles with errors.</summary>
    /// <param name="maxAge">Seconds.</param>
    public static void GiveNoFavicon(EdgeRequest request, int maxAge = NoFavicon)
    {
        request.ResponseHeaders.Clear();
        request.SetStatus(204);
        request.Announce();
        request.ResponseHeaders.CacheControl = $"public, max-age={maxAge}";
    }

    private static byte[] Problem(EdgeVerdict verdict, string correlation)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", $"urn:mainstay:edge:{verdict.Kind}");
        json.WriteString("title", verdict.Title);
        json.WriteNumber("status", verdict.Status);
        json.WriteString("detail", verdict.Advice);
        json.WriteString("correlation_id", correlation);
        if (verdict.RetryAfter > 0)
        {
            json.WriteNumber("retry_after", verdict.RetryAfter);
        }

        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
