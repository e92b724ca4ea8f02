using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Serving;

/// <summary>The body of a request, whole, up to a length.</summary>
internal static class RequestBody
{
    /// <summary>Null when it is longer; what is left of it was not read.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken token)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await request.Body.ReadAsync(buffer, token)) > 0)
        {
            if (body.Length + length > maxBytes)
            {
                return null;
            }

            body.Write(buffer, 0, length);
        }

        return body.ToArray();
    }
}
