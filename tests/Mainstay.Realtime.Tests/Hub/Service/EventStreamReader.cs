using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>One event, as WHATWG's parser gives it out.</summary>
internal sealed record ReadEvent(string Kind, string Id, JsonElement Data)
{
    public string State => Data.Text("state");
}

/// <summary>Reads a <c>text/event-stream</c> as it comes.</summary>
internal sealed class EventStreamReader : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;
    private string _id = "";

    private EventStreamReader(HttpResponseMessage answer, StreamReader lines) => (_answer, _lines) = (answer, lines);

    public HttpStatusCode Status => _answer.StatusCode;

    public HttpResponseHeaders Headers => _answer.Headers;

    public string? Type => _answer.Content.Headers.ContentType?.ToString();

    /// <summary>Lines that are there for the connection only.</summary>
    public int Comments { get; private set; }

    public static async Task<EventStreamReader> OpenAsync(HubUnderTest hub, string path, string? lastId = null, string? token = null, string? body = null, string key = "k")
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Authorization = new("Bearer", token ?? HubUnderTest.Token("backend", "shop"));
        request.Headers.Accept.Add(new("text/event-stream"));
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        if (body is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
            request.Content = new StringContent(body);
        }

        var answer = await hub.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(s_patience);
        return new(answer, new(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<ReadEvent?> NextAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        var (kind, data) = ("message", "");
        while (await _lines.ReadLineAsync(patience.Token) is { } line)
        {
            var (field, value) = line.Split(": ", 2) is [var f, var v] ? (f, v) : (line, "");
            switch (field)
            {
                case "event":
                    kind = value;
                    break;
                case "id":
                    _id = value;
                    break;
                case "data":
                    data += value;
                    break;
                case ":":
                    Comments++;
                    break;
                case "" when data.Length > 0:
                    using (var document = JsonDocument.Parse(data))
                    {
                        return new(kind, _id, document.RootElement.Clone());
                    }

                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>All events to the end of the stream.</summary>
    public async Task<IReadOnlyList<ReadEvent>> AllAsync()
    {
        var all = new List<ReadEvent>();
        while (await NextAsync() is { } e)
        {
            all.Add(e);
        }

        return all;
    }

    /// <summary>The body of a refusal.</summary>
    public async Task<string> TextAsync() => $"{Status:D} " + await _lines.ReadToEndAsync();

    /// <summary>Until a comment came.</summary>
    public async Task CommentAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (await _lines.ReadLineAsync(patience.Token) is { } line && line != ":")
        {
            // An event before it.
        }

        Comments++;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _answer.Dispose();
    }
}
