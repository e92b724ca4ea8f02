using System.Buffers;
using System.Text;
using System.Text.Json;
using Mainstay.Edge.Forwarding;

namespace Mainstay.Edge.Answers;

/// <summary>Writes the edge's own answers: HTML for people, problem+json (RFC 9457) for programs, by Accept.</summary>
internal static class Answerer
{
    private const string FaviconPath = "/favicon.ico";

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
            GiveNoFavicon(request);
            return;
        }

        request.SetStatus(verdict.Status);
        request.Announce();
        var headers = request.ResponseHeaders;
        headers.CacheControl = "no-store";
        headers["Mainstay-Error"] = verdict.Kind;
        headers.Vary = "Accept";
        if (verdict.RetryAfter > 0)
        {
            headers.RetryAfter = verdict.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var html = Acceptable.PrefersHtml(request.Headers.Accept.ToString());
        byte[] body;
        if (html)
        {
            headers.ContentType = "text/html; charset=utf-8";
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

        headers.ContentLength = body.Length;
        if (!request.IsHead)
        {
            request.ResponseBody.Write(body);
            await request.ResponseBody.FlushAsync();
        }
    }

    /// <summary>Browsers ask for it unasked; an application without one should not fill logs and consoles with errors.</summary>
    public static void GiveNoFavicon(EdgeRequest request)
    {
        request.ResponseHeaders.Clear();
        request.SetStatus(204);
        request.Announce();
        request.ResponseHeaders.CacheControl = "public, max-age=3600";
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
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }
}
