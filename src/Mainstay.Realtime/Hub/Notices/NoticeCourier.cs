using System.Net.Http.Headers;
using System.Threading.Channels;
using Mainstay.Realtime.Hub.Service;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Notices;

/// <summary>Tells notices to the webhook: those of one request in their order, a few requests at a time, each again until it is taken or a day has passed.</summary>
/// <param name="settled">Need not be told any more.</param>
/// <param name="client">Follows no redirects, and has a timeout.</param>
internal sealed class NoticeCourier(Webhook webhook, HttpClient client, Func<long, CancellationToken, ValueTask> settled, HubMetrics metrics, TimeProvider time, Random random, ILogger log) : IDisposable
{
    private const int AtOnce = 4;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(1);

    private readonly Channel<Notice> _new = Channel.CreateUnbounded<Notice>(new() { SingleReader = true });
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Notice>> _queues = new(StringComparer.Ordinal);

    /// <summary>The hub's own bound on notices is the bound of what waits here.</summary>
    public void Add(Notice notice) => _new.Writer.TryWrite(notice);

    public async Task RunAsync(CancellationToken token)
    {
        var carriers = new List<Task>();
        try
        {
            await foreach (var notice in _new.Reader.ReadAllAsync(token))
            {
                if (IsFirst(notice))
                {
                    carriers.RemoveAll(c => c.IsCompletedSuccessfully);
                    carriers.Add(CarryAsync(notice.Request, token));
                }
            }
        }
        finally
        {
            await Task.WhenAll(carriers);
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        client.Dispose();
    }

    private bool IsFirst(Notice notice)
    {
        lock (_gate)
        {
            if (_queues.TryGetValue(notice.Request, out var queue))
            {
                queue.Enqueue(notice);
                return false;
            }

            _queues[notice.Request] = new([notice]);
            return true;
        }
    }

    private async Task CarryAsync(string request, CancellationToken token)
    {
        while (Next(request) is { } notice)
        {
            await TellAsync(notice, token);
            await settled(notice.Place, token);
        }
    }

    private Notice? Next(string request)
    {
        lock (_gate)
        {
            if (_queues[request].TryDequeue(out var notice))
            {
                return notice;
            }

            _queues.Remove(request);
            return null;
        }
    }

    private async Task TellAsync(Notice notice, CancellationToken token)
    {
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            if (time.GetUtcNow() >= notice.At + s_patience)
            {
                log.NoticeGivenUp(notice.Request);
                metrics.NoticesLost.Add();
                return;
            }

            if (await TryAsync(notice, token) is not { } fault)
            {
                metrics.NoticesTaken.Add();
                return;
            }

            log.NoticeRefused(notice.Request, fault, pause.TotalSeconds);
            await Task.Delay(pause * (0.75 + Chance() / 2), time, token);
        }
    }

    /// <summary>Null: it was taken.</summary>
    private async Task<string?> TryAsync(Notice notice, CancellationToken token)
    {
        await _slots.WaitAsync(token);
        try
        {
            using var content = new ReadOnlyMemoryContent(notice.Body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = content };
            request.Headers.Add(Webhook.SignatureHeader, webhook.Sign(notice.Body.Span, time.GetUtcNow()));
            request.Headers.Add(Webhook.IdHeader, notice.Id);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            return response.IsSuccessStatusCode ? null : FormattableString.Invariant($"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return e is OperationCanceledException ? "it did not answer in time" : e.Message.TrimEnd('.');
        }
        finally
        {
            _slots.Release();
        }
    }

    private double Chance()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }
}
