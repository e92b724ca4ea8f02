using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Cli.Syntax;
using Mainstay.Contracts;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Verbs;

/// <summary><c>logs</c>: reads the log files themselves, so it works without a daemon and costs the daemon nothing.</summary>
internal static class LogsVerb
{
    private const int DefaultLines = 50;

    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        var query = Query(context);
        var printer = new LogPrinter(context.Screen, context.Host.Time.LocalTimeZone);
        try
        {
            await foreach (var record in new LogTail(context.Home, context.Host.Time).ReadAsync(query, token))
            {
                printer.Print(record, flush: query.Follow);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested && query.Follow)
        {
            // Ctrl-C is how following ends.
        }

        if (!printer.Printed && query is { Follow: false, Last: not 0 })
        {
            context.Screen.ErrorLine(Nothing(query, context.Home));
        }

        context.Screen.Flush();
        return (int)ExitCode.Done;
    }

    private static LogQuery Query(VerbContext context)
    {
        var invocation = context.Invocation;
        var follow = invocation.Has(VerbTable.Follow);
        var since = Since(invocation.Value(VerbTable.Since), context.Host.Time);
        var last = Counts.Read(invocation.Value(VerbTable.Lines), "--lines") ?? (since is null ? DefaultLines : null);
        var (services, instances) = Wanted(context, follow);
        return new(services, instances, last, since, follow);
    }

    private static string Nothing(LogQuery query, HomeLayout home) => query switch
    {
        { Since: not null } => "no log line is that new",
        { Instances: { IsDefaultOrEmpty: false } instances } => $"no log line of {string.Join(" or ", instances)} in {home.Root}",
        _ => $"no logs yet in {home.Root}",
    };

    /// <summary>Words name services and instances. What has no logs yet is waited for when following, and a mistake otherwise.</summary>
    private static (ImmutableArray<string> Services, ImmutableArray<string> Instances) Wanted(VerbContext context, bool follow)
    {
        var words = context.Invocation.Arguments;
        if (words.IsEmpty || words is ["all"])
        {
            return ([], []);
        }

        var known = new LogTail(context.Home, context.Host.Time).Services();
        var (services, instances) = (new List<string>(), new List<string>());
        foreach (var word in words)
        {
            ServiceNames.Check(word);
            if (!known.Contains(word) && ServiceOf(word) is { } service && known.Contains(service))
            {
                instances.Add(word);
            }
            else if (follow || known.Contains(word))
            {
                services.Add(word);
            }
            else
            {
                throw Unknown(word, known, context.Home);
            }
        }

        // Whoever names a service and one of its instances gets the whole service.
        var narrowed = instances.Where(i => !services.Contains(ServiceOf(i)!)).ToImmutableArray();
        return ([.. services.Concat(narrowed.Select(i => ServiceOf(i)!)).Distinct(StringComparer.Ordinal)], narrowed);
    }

    /// <summary>The service of an instance such as <c>api-1</c>, or null when the word does not end like one.</summary>
    private static string? ServiceOf(string word)
    {
        var dash = word.LastIndexOf('-');
        return dash > 0 && int.TryParse(word.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? word[..dash] : null;
    }

    private static CommandFailedException Unknown(string word, IReadOnlyList<string> known, HomeLayout home)
    {
        var nearest = NearestWord.To(word, known);
        return new(
            ExitCode.WrongUsage,
            $"no service \"{word}\" ever wrote a log in {home.Root}{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}",
            known.Count == 0 ? "there are no logs at all yet; `mainstay up` starts services" : $"there are logs of: {string.Join(", ", known)}");
    }

    private static DateTimeOffset? Since(string? text, TimeProvider time)
    {
        if (text is null)
        {
            return null;
        }

        if (DurationText.TryParse(text, out var ago))
        {
            return time.GetUtcNow() - ago;
        }

        // A time without an offset is the reader's local time, as it stands in our own output.
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var at))
        {
            return at.Kind is DateTimeKind.Utc
                ? new(at, TimeSpan.Zero)
                : new DateTimeOffset(at, time.LocalTimeZone.GetUtcOffset(at));
        }

        throw new CommandFailedException(ExitCode.WrongUsage, $"--since takes a duration such as 15m or 2h30m, or a time such as 2026-01-31T14:00, not \"{text}\"");
    }
}
