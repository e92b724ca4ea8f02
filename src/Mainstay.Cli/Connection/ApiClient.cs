using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Events;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Cli.Connection;

/// <summary>The daemon's API as methods. Plain requests have a deadline; operations and followed events are streams and have none.</summary>
internal sealed class ApiClient(HomeLayout home, TimeProvider time)
{
    private const int MaxDocumentBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public Task<VersionDocument> VersionAsync(CancellationToken token) => GetAsync("/v1/version", WireJson.Default.VersionDocument, token);

    public async Task<StatusDocument> StatusAsync(CancellationToken token) => StatusReader.Read(await StatusTextAsync(token));

    /// <summary>Every message of one operation. Ends early, without a result, when the daemon goes away.</summary>
    public async IAsyncEnumerable<OperationMessage> OperateAsync<TRequest>(
        string target, TRequest request, JsonTypeInfo<TRequest> type, [EnumeratorCancellation] CancellationToken token)
    {
        using var response = await SendAsync("POST", target, JsonSerializer.SerializeToUtf8Bytes(request, type), token);
        await foreach (var message in LinesAsync(response, WireJson.Default.OperationMessage, token))
        {
            yield return message;
        }
    }

    /// <summary>The newest <paramref name="limit"/> events after <paramref name="after"/>, oldest first; then, when following, whatever comes.</summary>
    public async IAsyncEnumerable<EventRecord> EventsAsync(long after, int limit, bool follow, [EnumeratorCancellation] CancellationToken token)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"/v1/events?after={after}&limit={limit}&follow={(follow ? "true" : "false")}");
        using var response = await SendAsync("GET", target, default, token);
        await foreach (var one in LinesAsync(response, WireJson.Default.EventRecord, token))
        {
            yield return one;
        }
    }

    /// <summary>Whether somebody answers at all; what it says is not looked at. Nothing of JSON is loaded for this.</summary>
    public Task PingAsync(CancellationToken token) => GetBytesAsync("/v1/version", token);

    /// <summary>The status as the daemon wrote it: one JSON text in UTF-8.</summary>
    public Task<ReadOnlyMemory<byte>> StatusTextAsync(CancellationToken token) => GetBytesAsync("/v1/status", token);

    /// <summary>The newest rollouts, at most <paramref name="limit"/>.</summary>
    public async Task<ImmutableArray<RolloutRecord>> RolloutsAsync(int limit, CancellationToken token) =>
        OrEmpty((await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/rollouts?limit={limit}"), WireJson.Default.RolloutsDocument, token)).Rollouts);

    /// <summary>One rollout; null when there is none of that number.</summary>
    public async Task<RolloutRecord?> RolloutAsync(long number, CancellationToken token)
    {
        var found = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/rollouts?number={number}"), WireJson.Default.RolloutsDocument, token);
        return OrEmpty(found.Rollouts).FirstOrDefault(r => r.Number == number);
    }

    /// <summary>A report as the daemon wrote it, in UTF-8.</summary>
    public Task<ReadOnlyMemory<byte>> ReportAsync(long number, bool html, CancellationToken token) =>
        GetBytesAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/rollouts/report?number={number}&format={(html ? "html" : "markdown")}"), token);

    public async Task<ImmutableArray<ReleaseDocument>> ReleasesAsync(CancellationToken token) =>
        OrEmpty((await GetAsync("/v1/releases", WireJson.Default.ReleasesDocument, token)).Releases);

    public async Task<ImmutableArray<SwitchStatus>> SwitchesAsync(CancellationToken token) =>
        OrEmpty((await GetAsync("/v1/switches", WireJson.Default.SwitchesDocument, token)).Switches);

    private static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> array) => array.IsDefault ? [] : array;

    private async Task<T> GetAsync<T>(string target, JsonTypeInfo<T> type, CancellationToken token)
    {
        var bytes = await GetBytesAsync(target, token);
        return JsonSerializer.Deserialize(bytes.Span, type) ?? throw new JsonException("the document is null");
    }

    private async Task<ReadOnlyMemory<byte>> GetBytesAsync(string target, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            using var response = await SendAsync("GET", target, default, both.Token);
            return await ReadAllAsync(response.Body, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !token.IsCancellationRequested)
        {
            throw new CommandFailedException(
                ExitCode.DaemonNotReachable,
                $"the daemon took the request but did not answer within {Deadline.TotalSeconds:0} s (home {home.Root})",
                $"services and edge run on without it; see {home.DaemonLog}",
                "try: mainstay doctor");
        }
    }

    private async Task<SocketResponse> SendAsync(string method, string target, ReadOnlyMemory<byte> body, CancellationToken token)
    {
        var response = await SocketHttp.SendAsync(home.ApiSocket, method, target, body, token);
        if (response.Status is >= 200 and < 300)
        {
            return response;
        }

        using (response)
        {
            throw new RefusedByDaemonException(response.Status, await ErrorAsync(response, target, token));
        }
    }

    private static async Task<ErrorDocument> ErrorAsync(SocketResponse response, string target, CancellationToken token)
    {
        try
        {
            var bytes = await ReadAllAsync(response.Body, token);
            if (JsonSerializer.Deserialize(bytes.Span, WireJson.Default.ErrorDocument) is { Detail: not null } document)
            {
                return document with { Problems = document.Problems.IsDefault ? [] : document.Problems };
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            // Not our document: what can be said is the status.
        }

        return new("refused", $"the daemon answered {target} with HTTP status {response.Status}", []);
    }

    private static async IAsyncEnumerable<T> LinesAsync<T>(SocketResponse response, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken token)
        where T : class
    {
        var reader = new LineReader(response.Body);
        while (true)
        {
            T? value;
            try
            {
                value = await reader.NextAsync(token) is { } line ? JsonSerializer.Deserialize(line.Span, type) : null;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // A stream that breaks off is the daemon's end; the caller sees that no result came.
                value = null;
            }

            if (value is null)
            {
                yield break;
            }

            yield return value;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream body, CancellationToken token)
    {
        var buffer = new byte[32 * 1024];
        var used = 0;
        while (await body.ReadAsync(buffer.AsMemory(used), token) is var count and > 0)
        {
            used += count;
            if (used == buffer.Length)
            {
                if (used >= MaxDocumentBytes)
                {
                    throw new IOException($"the daemon's answer is longer than {MaxDocumentBytes} bytes");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return buffer.AsMemory(0, used);
    }
}
