using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>A backend that asks one target for one thing after another, each under a key of its own, and asks again with the same key until it has an answer that says what is true.</summary>
internal sealed class ChaosBackend : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly Random _chance;
    private readonly string _name;
    private readonly string _device;
    private readonly string _part;
    private readonly List<Asked> _asked = [];

    /// <param name="part">Of the device; empty: the device itself.</param>
    public ChaosBackend(ChaosStack stack, string name, string device, string part, int seed)
    {
        (_name, _device, _part, _chance) = (name, device, part, new(seed));
        _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = new($"http://127.0.0.1:{stack.Port}/"), Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stack.HubToken("backend", name));
    }

    private string Target => _part.Length == 0 ? $"device:{_device}" : $"device:{_device}/{_part}";

    public ImmutableArray<RequestSeen> Seen => [.. _asked.Select(a => new RequestSeen(Target, a.Key, a.Text, [.. a.Answers]))];

    /// <summary>Until it is told to stop; the next key is asked for when the hub has taken the one before, so that there is an order.</summary>
    public async Task AskAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var asked = new Asked($"{_name}-{_asked.Count + 1}", $"text {_chance.Next(1000)}");
            _asked.Add(asked);

            // Some wait for the end, some fire several times at once, as users do who click again.
            var (wait, copies) = (_chance.Next(4) == 0 ? 2 : 0, _chance.Next(6) == 0 ? 3 : 1);
            while (!asked.Answers.Any(a => a.IsTaken) && !enough.IsCancellationRequested)
            {
                asked.Round++;
                await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => AskAsync(asked, wait)));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_chance.Next(50, 200)), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Asks once more for each key, until it is done.</summary>
    public async Task EndAsync(CancellationToken token)
    {
        foreach (var asked in _asked)
        {
            do
            {
                asked.Round++;
                await AskAsync(asked, wait: 5);
            }
            while (!asked.HasEnded && !token.IsCancellationRequested);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task AskAsync(Asked asked, int wait)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"_hub/devices/{_device}/requests");
        var body = new JsonObject { ["op"] = "print", ["data"] = new JsonObject { ["text"] = asked.Text } };
        if (_part.Length > 0)
        {
            body["part"] = _part;
        }

        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", asked.Key);
        if (wait > 0)
        {
            request.Headers.Add("Prefer", FormattableString.Invariant($"wait={wait}"));
        }

        var answer = new AnswerSeen(0, "", "", "");
        var pause = s_pause;
        try
        {
            using var response = await _http.SendAsync(request, CancellationToken.None);
            var said = await response.Content.ReadAsStringAsync(CancellationToken.None);
            (answer, pause) = Read((int)response.StatusCode, said);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            answer = answer with { State = e.InnerException?.Message ?? e.Message };
        }

        asked.Answers.Enqueue(answer with { Round = asked.Round });
        if (!answer.IsTaken)
        {
            await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private static (AnswerSeen Answer, TimeSpan Pause) Read(int status, string said)
    {
        try
        {
            var json = JsonNode.Parse(said)!;
            var answer = new AnswerSeen(status, (string?)json["request"] ?? "", (string?)json["state"] ?? (string?)json["code"] ?? "", json["data"]?.ToJsonString() ?? "");
            return (answer, json["retry_ms"] is { } retry ? TimeSpan.FromMilliseconds(retry.GetValue<long>()) : s_pause);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The edge's own words, when there is no hub to ask.
            return (new(status, "", $"not the hub: {said[..Math.Min(60, said.Length)].ReplaceLineEndings(" ")}", ""), s_pause);
        }
    }

    private sealed record Asked(string Key, string Text)
    {
        public int Round { get; set; }

        public ConcurrentQueue<AnswerSeen> Answers { get; } = [];

        public bool HasEnded => Answers.LastOrDefault() is { IsTaken: true, State: "done" or "failed" or "canceled" } or { State: "expired" or "unknown" };
    }
}
