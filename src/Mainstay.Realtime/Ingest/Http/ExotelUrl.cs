using System.Text.Json.Nodes;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Http;

/// <summary>Exotel asks for the URL of each call: whoever proves to be Exotel gets one with a ticket of a minute in it.</summary>
internal sealed class ExotelUrl : IAsyncDisposable
{
    /// <summary>Exotel dials within ten seconds, and once more.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(60);

    private readonly AuthGate _gate;
    private readonly SignedUrlSettings _signed;
    private readonly string _publicUrl;
    private readonly TimeProvider _time;

    private ExotelUrl(AuthGate gate, SignedUrlSettings signed, string publicUrl, TimeProvider time) => (_gate, _signed, _publicUrl, _time) = (gate, signed, publicUrl, time);

    public static string Route { get; } = Dialect.Exotel.Route + "/url";

    /// <summary>Null when Exotel takes no tickets, when nothing but a ticket would open this, or when nobody said how this server is called.</summary>
    public static ExotelUrl? Of(TelephonyOptions options, IJwksFetcher fetcher, TimeProvider time, ILogger log)
    {
        var policy = options.Routes.Where(r => r.Dialect == Dialect.Exotel).Select(r => r.Policy).FirstOrDefault();
        if (policy is not { SignedUrl: { } signed } || !policy.Methods.Contains(AuthMethod.SignedUrl) || options.PublicUrl is not { } url)
        {
            return null;
        }

        var others = policy with { Methods = policy.Methods.Remove(AuthMethod.SignedUrl) };
        return others.Methods.IsEmpty ? null : new(new(others, fetcher, time, log), signed, url, time);
    }

    public async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Method is not ("GET" or "POST"))
        {
            http.Response.Headers.Allow = "GET, POST";
            await Answers.ProblemAsync(http, 405, "no_method", "this route takes GET and POST");
            return;
        }

        var outcome = await _gate.CheckAsync(RequestCredentials.Of(http, _time.GetUtcNow()), http.RequestAborted);
        if (outcome is AuthOutcome.Refused refused)
        {
            if (refused.Challenge.Length > 0)
            {
                http.Response.Headers.WWWAuthenticate = refused.Challenge;
            }

            await Answers.ProblemAsync(http, refused.Status, refused.Code, refused.Because);
            return;
        }

        var rate = QueryText.Values(http.Request.QueryString.Value?.TrimStart('?') ?? "", "sample-rate").FirstOrDefault() is ("8000" or "16000" or "24000") and var said ? $"&sample-rate={said}" : "";
        var ticket = SignedUrl.MakeTicket(_signed, null, null, _time.GetUtcNow(), s_life);
        await Answers.WriteAsync(http, 200, new JsonObject { ["url"] = $"{_publicUrl}{Dialect.Exotel.Route}?{SignedUrlSettings.QueryName}={ticket}{rate}" }.ToJsonString(s_plain));
    }

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    // Else "&" and "+" would be escapes, which some clients do not read.
    private static readonly System.Text.Json.JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
