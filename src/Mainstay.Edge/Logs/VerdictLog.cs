using Mainstay.Edge.Answers;
using Mainstay.Edge.Forwarding;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Logs;

/// <summary>
/// One line for every request that the edge had to answer itself because no application could: what was tried, and where it ended. A service
/// that is down can be asked ten thousand times a second, so a second has room for some lines, and the rest is counted.
/// </summary>
internal sealed class VerdictLog(TimeProvider time, ILogger log)
{
    private const int LinesPerSecond = 20;
    private const int MaxTarget = 120;

    private readonly Lock _lock = new();
    private long _second;
    private int _lines;

    public void Write(EdgeRequest request, EdgeVerdict verdict, Tries tries)
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        var unsaid = 0;
        lock (_lock)
        {
            if (second != _second)
            {
                unsaid = Math.Max(0, _lines - LinesPerSecond);
                (_second, _lines) = (second, 0);
            }

            if (++_lines > LinesPerSecond)
            {
                return;
            }
        }

        if (unsaid > 0)
        {
            log.MoreAnswered(unsaid);
        }

        log.Answered(request.CorrelationId, request.Method, Target(request), tries.Service?.Name ?? "", verdict.Status, verdict.Kind, tries.Story);
    }

    /// <summary>As the client wrote it, for a decoded path could hold the end of a line; without the query, which can hold secrets.</summary>
    private static string Target(EdgeRequest request)
    {
        var target = request.RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        return path.Length <= MaxTarget ? path.ToString() : string.Concat(path[..MaxTarget], "...");
    }
}
