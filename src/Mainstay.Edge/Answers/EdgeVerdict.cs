namespace Mainstay.Edge.Answers;

/// <summary>An answer that the edge gives itself, because no application could.</summary>
/// <param name="Kind">Stable word for machines: the last part of the problem type, and the Mainstay-Error field.</param>
/// <param name="Title">What happened, for a visitor.</param>
/// <param name="Advice">What a visitor can do.</param>
/// <param name="RetryAfter">Seconds; 0 for no such field.</param>
/// <param name="Own">What the manifest has the edge say instead; null: title and advice, by Accept.</param>
/// <param name="IsGuards">A guard refused it: no application was asked, and none has failed.</param>
internal sealed record EdgeVerdict(int Status, string Kind, string Title, string Advice, int RetryAfter = 0, OwnBody? Own = null, bool IsGuards = false)
{
    public static readonly EdgeVerdict BadRequest = new(400, "bad-request", "This request could not be understood", "The address or one of the fields sent with it is malformed.");

    public static readonly EdgeVerdict NoRoute = new(404, "no-route", "There is nothing here", "No service answers at this address. Please check it for a typing error.");

    public static readonly EdgeVerdict MethodNotAllowed = new(405, "method-not-allowed", "This method is not offered", "The server does not open tunnels.");

    public static readonly EdgeVerdict TooManyRequests = new(429, "rate-limited", "Too many requests", "More came from here than is taken. Please try again in a moment.", IsGuards: true);

    public static readonly EdgeVerdict SwitchedOff = new(503, "switched-off", "This is switched off at the moment", "It was switched off on purpose. Please try again later.", IsGuards: true);

    public static readonly EdgeVerdict KeyMissing = new(400, "idempotency-key-missing", "This request needs a key", "It must have an Idempotency-Key: a name of what is to be done, the same for every try.", IsGuards: true);

    public static readonly EdgeVerdict KeyMalformed = new(400, "idempotency-key-malformed", "The key of this request cannot be read", "Idempotency-Key must be one text of 1 to 255 visible characters without quotes and backslashes.", IsGuards: true);

    public static readonly EdgeVerdict KeyReused = new(422, "idempotency-key-reused", "This key was used for something else", "Another request came with the same Idempotency-Key. Take a new key for each thing that is to be done.", IsGuards: true);

    public static readonly EdgeVerdict KeyInProgress = new(409, "idempotency-in-progress", "This is being done", "The first request with this Idempotency-Key is still under way. Please ask again in a moment.", 1, IsGuards: true);

    public static readonly EdgeVerdict OutcomeUnknown = new(409, "idempotency-outcome-unknown", "It may have been done", "The first request with this Idempotency-Key got no answer. Look whether it was done before you try again with another key.", IsGuards: true);

    public static readonly EdgeVerdict AnswerNotKept = new(409, "idempotency-answer-not-kept", "This was done", "The answer to the first request with this Idempotency-Key was too long to be kept.", IsGuards: true);

    public static readonly EdgeVerdict OnceUnavailable = new(503, "idempotency-unavailable", "We will be right back", "It cannot be told at the moment whether this was done before.", 5, IsGuards: true);

    public static readonly EdgeVerdict BodyTimeout = new(408, "request-timeout", "The request did not arrive in time", "Please check your connection and try again.");

    public static readonly EdgeVerdict BodyTooLarge = new(413, "body-too-large", "That is too large", "What was sent is larger than this server accepts.");

    public static readonly EdgeVerdict ConnectionFailed = new(502, "connection-failed", "The service did not answer", "It may just be starting again. Please try once more in a moment.", 1);

    public static readonly EdgeVerdict BadResponse = new(502, "bad-response", "The service gave no valid answer", "Its answer broke off or was malformed. Please try once more in a moment.", 1);

    public static readonly EdgeVerdict Unavailable = new(503, "no-ready-instance", "We will be right back", "The service is not ready at the moment. This page tries again by itself.", 2);

    public static readonly EdgeVerdict HoldFull = new(503, "too-many-waiting", "We will be right back", "Many visitors are waiting for the service to return. This page tries again by itself.", 5);

    public static readonly EdgeVerdict HoldTimedOut = new(503, "waited-too-long", "We will be right back", "The service is taking longer than usual to return. This page tries again by itself.", 3);

    public static readonly EdgeVerdict Draining = new(503, "draining", "We will be right back", "The server is being replaced. This page tries again by itself.", 1);

    public static readonly EdgeVerdict ConnectTimedOut = new(504, "connect-timeout", "The service cannot be reached", "It did not accept the connection in time. Please try again in a moment.", 2);

    public static readonly EdgeVerdict TimedOut = new(504, "response-timeout", "The service took too long", "It did not answer in time. Please try again; if you were saving something, check first whether it was saved.");

    public static readonly EdgeVerdict Internal = new(500, "internal", "Something went wrong here", "The edge server failed on this request. It has been logged.");
}

/// <param name="Type">Content-Type.</param>
internal sealed record OwnBody(byte[] Bytes, string Type);
