using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Daemon.Api;

/// <summary>Answers with one JSON text per line, each sent at once.</summary>
internal static class Ndjson
{
    public const string ContentType = "application/x-ndjson";

    public static async Task WriteLineAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type, CancellationToken token)
    {
        await JsonSerializer.SerializeAsync(response.Body, value, type, token);
        await response.Body.WriteAsync("\n"u8.ToArray(), token);
        await response.Body.FlushAsync(token);
    }
}
