using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using Mainstay.Edge.Answers;
using Mainstay.Edge.Guards;
using Mainstay.Edge.Guards.Idempotency;
using Mainstay.Edge.Logs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Forwarding;

/// <summary>Carries a request out once for its Idempotency-Key: the first is forwarded and its answer kept, all others get that answer. See docs/guards/idempotency.md.</summary>
/// <param name="mostHeld">Bytes of request bodies that are held at the same time.</param>
internal sealed class DoneOnce(OnceDesk desk, long mostHeld, TimeProvider time, ILogger log)
{
    private const int MostKept = 256 * 1024;
    private const int TooMany = 429;
    private const int Unavailable = 503;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    /// <summary>Of this exchange, and not of the answer; or somebody's alone.</summary>
    private static readonly string[] s_notKept = ["Set-Cookie", "Date", "Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding", "X-Correlation-ID", "RateLimit", "RateLimit-Policy"];

    private long _held;

    public static bool Concerns(EdgeRequest request) => request.Method is "POST" or "PATCH";

    /// <param name="forward">Null when a response was relayed; else what to answer.</param>
    /// <returns>The same.</returns>
    public async ValueTask<EdgeVerdict?> RunAsync(EdgeRequest request, IdempotencyRule rule, Tries tries, Func<ValueTask<EdgeVerdict?>> forward)
    {
        var field = request.Headers[IdempotencyRule.Field];
        if (field.Count == 0)
        {
            return rule.IsRequired ? EdgeVerdict.KeyMissing : await forward();
        }

        if (field.Count > 1 || IdempotencyRule.Read(field[0]) is not { } text)
        {
            return EdgeVerdict.KeyMalformed;
        }

        var (body, refusal) = await ReadAsync(request, rule.MaxBody);
        if (body is null)
        {
            return refusal;
        }

        try
        {
            return await RunAsync(request, rule, tries, rule.NameOf(text, request), body, forward);
        }
        finally
        {
            Interlocked.Add(ref _held, -body.Length);
        }
    }

    private async ValueTask<EdgeVerdict?> RunAsync(EdgeRequest request, IdempotencyRule rule, Tries tries, byte[] key, byte[] body, Func<ValueTask<EdgeVerdict?>> forward)
    {
        OnceFound found;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
            patience.CancelAfter(s_longestWait);
            found = await desk.EnterAsync(key, IdempotencyRule.Fingerprint(request.Method, request.RawTarget, body), rule.Ttl, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return EdgeVerdict.KeyInProgress;
        }
        catch (OnceStoreException e)
        {
            log.OnceUnavailable(request.CorrelationId, e.Message);
            return EdgeVerdict.OnceUnavailable;
        }

        switch (found)
        {
            case { State: OnceState.Answered, Answer: { } answer }:
                await GiveAsync(request, answer);
                return null;
            case { State: OnceState.New }:
                return await FirstAsync(request, rule, tries, key, body, forward);
            default:
                return found.State switch
                {
                    OnceState.Reused => EdgeVerdict.KeyReused,
                    OnceState.Running => EdgeVerdict.KeyInProgress,
                    OnceState.NotKept => EdgeVerdict.AnswerNotKept,
                    _ => EdgeVerdict.OutcomeUnknown,
                };
        }
    }

    private async ValueTask<EdgeVerdict?> FirstAsync(EdgeRequest request, IdempotencyRule rule, Tries tries, byte[] key, byte[] body, Func<ValueTask<EdgeVerdict?>> forward)
    {
        var recorder = request.Detach(body, MostKept);
        var isSaid = false;
        try
        {
            var verdict = await forward();
            await SayAsync(request, rule, tries, key, recorder, verdict);
            isSaid = true;
            return verdict;
        }
        finally
        {
            if (!isSaid)
            {
                await DoubtAsync(request, key);
            }

            desk.Leave(key);
        }
    }

    /// <summary>What became of it, for whoever comes with the same key.</summary>
    private async Task SayAsync(EdgeRequest request, IdempotencyRule rule, Tries tries, byte[] key, ResponseRecorder recorder, EdgeVerdict? verdict)
    {
        try
        {
            if (verdict is null ? request.Status is TooMany or Unavailable : WasNeverSent(verdict, tries))
            {
                await desk.Store.ForgetAsync(key);
            }
            else if (verdict is not null)
            {
                await desk.Store.DoubtAsync(key);
            }
            else
            {
                await desk.Store.AnsweredAsync(key, recorder.Kept is { } kept ? new(request.Status, Fields(request), kept) : null, rule.Ttl);
            }
        }
        catch (OnceStoreException e)
        {
            // It stands there as begun, which is true: who asks again learns that nobody knows.
            log.OnceUnavailable(request.CorrelationId, e.Message);
        }
    }

    private async Task DoubtAsync(EdgeRequest request, byte[] key)
    {
        try
        {
            await desk.Store.DoubtAsync(key);
        }
        catch (OnceStoreException e)
        {
            log.OnceUnavailable(request.CorrelationId, e.Message);
        }
    }

    /// <summary>No byte of it can have reached a service that then did something.</summary>
    private static bool WasNeverSent(EdgeVerdict verdict, Tries tries) =>
        tries.Deaths == 0 && verdict.Kind is not ("bad-response" or "response-timeout" or "internal" or "draining");

    private static ImmutableArray<KeyValuePair<string, string>> Fields(EdgeRequest request) =>
    [
        .. request.ResponseHeaders
            .Where(h => !s_notKept.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .SelectMany(h => h.Value.Select(value => KeyValuePair.Create(h.Key, value ?? ""))),
    ];

    private async Task GiveAsync(EdgeRequest request, StoredAnswer answer)
    {
        request.ResponseHeaders.Clear();
        foreach (var field in answer.Fields.GroupBy(f => f.Key, f => f.Value))
        {
            request.ResponseHeaders[field.Key] = field.ToArray();
        }

        request.SetStatus(answer.Status);
        request.Announce();
        request.ResponseHeaders["Idempotency-Replayed"] = "true";
        request.ResponseHeaders.Date = time.GetUtcNow().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        if (answer.Status is not (204 or 304))
        {
            request.ResponseHeaders.ContentLength = answer.Body.Length;
            request.ResponseBody.Write(answer.Body);
            await request.ResponseBody.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>The whole of it: two requests can only be compared once both are there.</summary>
    /// <returns>The body, which counts as held until it is not needed any more; or why there is none.</returns>
    private async ValueTask<(byte[]? Body, EdgeVerdict? Refusal)> ReadAsync(EdgeRequest request, long most)
    {
        if (request.Headers.ContentLength > most)
        {
            return (null, EdgeVerdict.BodyTooLarge);
        }

        if (!request.CanHaveBody)
        {
            return ([], null);
        }

        var body = new ArrayBufferWriter<byte>();
        var isWhole = false;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    body.Write(segment.Span);
                }

                var held = Interlocked.Add(ref _held, read.Buffer.Length);
                request.Body.AdvanceTo(read.Buffer.End);
                if (held > mostHeld)
                {
                    return (null, EdgeVerdict.OnceUnavailable);
                }

                if (body.WrittenCount > most)
                {
                    return (null, EdgeVerdict.BodyTooLarge);
                }

                if (read.IsCompleted)
                {
                    isWhole = true;
                    return (body.WrittenSpan.ToArray(), null);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            request.BodyError = e;
            return (null, Attempts.ClientVerdict(request));
        }
        finally
        {
            Interlocked.Add(ref _held, isWhole ? 0 : -body.WrittenCount);
        }
    }
}
