using System.Text;
using System.Text.Json;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Probes;

/// <summary>Decides whether an answer is what the manifest expects. Pure.</summary>
internal static class Expectation
{
    private const int SnippetLength = 160;

    public static (ProbeOutcome Outcome, string Detail) Judge(HttpAnswer answer, ExpectSpec expect)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        if (!expect.Status.Any(range => answer.Status >= range.From && answer.Status <= range.To))
        {
            return answer is { Status: >= 300 and < 400, Location: { } target }
                ? (ProbeOutcome.Redirected, $"{answer.Status} to {Printable(target)}")
                : (ProbeOutcome.WrongStatus, $"status {answer.Status}, expected {StatusText(expect)}{Snippet(text)}");
        }

        if (expect.BodyContains is { } wanted && !text.Contains(wanted, StringComparison.Ordinal))
        {
            return (ProbeOutcome.WrongBody, $"status {answer.Status}, but the body does not contain \"{Printable(wanted)}\"{Snippet(text)}");
        }

        return JudgeJson(answer, expect, text);
    }

    /// <summary>One short line of what a body says, safe to print.</summary>
    public static string Snippet(string body)
    {
        var line = Printable(string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return line.Length == 0 ? "" : $": {line}";
    }

    private static (ProbeOutcome, string) JudgeJson(HttpAnswer answer, ExpectSpec expect, string text)
    {
        using var json = TryParse(answer.Body);
        if (json is null)
        {
            return expect.Json.IsEmpty
                ? (ProbeOutcome.Passed, $"status {answer.Status}")
                : (ProbeOutcome.WrongBody, $"status {answer.Status}, but the body is not JSON{Snippet(text)}");
        }

        var says = Find(json.RootElement, "status");
        foreach (var (path, wanted) in expect.Json)
        {
            var actual = Find(json.RootElement, path);

            // A service that is degraded still serves: that is shown, and takes nothing out of rotation.
            if (actual != wanted && !(path == "status" && IsDegraded(actual)))
            {
                return (ProbeOutcome.WrongBody, actual is null
                    ? $"status {answer.Status}, but the JSON has no {path}{Snippet(text)}"
                    : $"status {answer.Status}, but {path} is \"{Printable(actual)}\", expected \"{Printable(wanted)}\"{Snippet(text)}");
            }
        }

        return IsDegraded(says) ? (ProbeOutcome.Degraded, $"status {answer.Status}, degraded{Snippet(text)}")
            : !expect.Json.ContainsKey("status") && IsUnhealthy(says) ? (ProbeOutcome.WrongBody, $"status {answer.Status}, but it says of itself that it is {Printable(says!)}{Snippet(text)}")
            : (ProbeOutcome.Passed, $"status {answer.Status}");
    }

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        // The rest of a page is not worth a parser's exception: JSON for a health check is an object.
        if (body.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Find(JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (element.ValueKind is JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Null => "null",
            _ => element.GetRawText(),
        };
    }

    private static bool IsDegraded(string? status) => Is(status, "degraded") || Is(status, "warn");

    private static bool IsUnhealthy(string? status) => Is(status, "unhealthy") || Is(status, "fail") || Is(status, "down");

    private static bool Is(string? status, string word) => string.Equals(status, word, StringComparison.OrdinalIgnoreCase);

    private static string StatusText(ExpectSpec expect) =>
        string.Join(" or ", expect.Status.Select(r => r.From == r.To ? $"{r.From}" : $"{r.From}-{r.To}"));

    private static string Printable(string text)
    {
        var cut = text.Length > SnippetLength ? text[..SnippetLength] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? '·' : c));
    }
}
