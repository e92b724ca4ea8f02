using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>A header that means something only when it is there once and says something.</summary>
internal static class ApiHeader
{
    public static string? Of(HttpContext http, string name) => http.Request.Headers[name] is [{ Length: > 0 } value] ? value : null;
}
