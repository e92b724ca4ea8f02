using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>What a device's message says of a request. Ids on the wire are <c>REQUEST.TRY</c>, and <c>REQUEST.TRY?</c> for the question what became of it.</summary>
internal static class DeviceAnswer
{
    public static string WireId(RequestRecord request) => string.Create(CultureInfo.InvariantCulture, $"{request.Id}.{request.Try}");

    public static string QuestionId(RequestRecord request) => WireId(request) + "?";

    /// <summary>Null when it says nothing: an id that is not the hub's, an answer to a question that is none. A question without an answer is asked again.</summary>
    public static (RequestId Id, RequestEvent Event)? Read(HubMessage message) => message switch
    {
        HubMessage.Ack { Id: var id } => About(id) is { Question: false } a ? (a.Id, new(RequestEventKind.Acked, a.Try)) : null,
        HubMessage.Result r => About(r.Id) is { } a ? Of(a, r) : null,
        HubMessage.Refusal r => About(r.Id) is { } a ? Of(a, r) : null,
        _ => null,
    };

    private static (RequestId, RequestEvent)? Of((RequestId Id, int Try, bool Question) about, HubMessage.Result result)
    {
        var e = about.Question ? OfQuestion(about.Try, result)
            : result.Error is { } error ? Ended(about.Try, error)
            : new(RequestEventKind.Succeeded, about.Try, new(result.Data, null, null));
        return e is null ? null : (about.Id, e);
    }

    private static (RequestId, RequestEvent)? Of((RequestId Id, int Try, bool Question) about, HubMessage.Refusal refusal)
    {
        var e = about.Question ? NotAnswered(about.Try, refusal.Error)
            : refusal.Temporary ? new(RequestEventKind.Busy, about.Try, RetryAfter: refusal.RetryAfter)
            : Ended(about.Try, refusal.Error);
        return e is null ? null : (about.Id, e);
    }

    private static RequestEvent? OfQuestion(int tries, HubMessage.Result result)
    {
        if (result.Error is { } error)
        {
            return NotAnswered(tries, error);
        }

        if (result.Data.IsEmpty)
        {
            return null;
        }

        using var document = JsonDocument.Parse(result.Data, new JsonDocumentOptions { MaxDepth = MessageReader.MaxDepth });
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        var fields = new MessageFields(document.RootElement);
        try
        {
            return fields.Text("state", 16) switch
            {
                "none" => new(RequestEventKind.StatusNone, tries),
                "accepted" => new(RequestEventKind.Acked, tries),
                "done" => new(RequestEventKind.Succeeded, tries, new(fields.Data(), null, null)),
                "failed" when fields.Object("error")?.Error() is { } e => Ended(tries, e),
                _ => null,
            };
        }
        catch (BadFieldException)
        {
            // It answered something; what, cannot be read. It is asked again, and given up in the end.
            return null;
        }
    }

    private static RequestEvent? NotAnswered(int tries, ErrorBody error) => error.Code == HubErrorCode.UnknownOp.Word() ? new(RequestEventKind.StatusNotKnown, tries) : null;

    private static RequestEvent Ended(int tries, ErrorBody error) =>
        new(error.Code == "canceled" ? RequestEventKind.CanceledByDevice : RequestEventKind.Failed, tries, new(default, error.Code, error.Message));

    private static (RequestId Id, int Try, bool Question)? About(string wire)
    {
        var question = wire.EndsWith('?');
        var text = question ? wire[..^1] : wire;
        var dot = text.LastIndexOf('.');
        return dot > 0 && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var tries) && tries > 0
            ? (new(text[..dot]), tries, question)
            : null;
    }
}
