using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Cli.Connection;
using Mainstay.Cli.Output;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Problems;

namespace Mainstay.Cli.Verbs;

/// <summary>Asks the daemon for something that takes time, shows its steps and explains its end.</summary>
internal sealed class OperationRun(VerbContext context, ApiClient client)
{
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1);

    /// <summary>What is said around the operation.</summary>
    public IOperationTold Told { get; init; } = new ServicesTold(context);

    /// <summary>Returns the operation's own exit code. Interrupted, it leaves the operation to the daemon.</summary>
    public async Task<int> RunAsync<TRequest>(string what, string target, TRequest request, JsonTypeInfo<TRequest> type, CancellationToken token)
    {
        var display = Display();
        try
        {
            var result = await WatchAsync(display, client.OperateAsync(target, request, type, token), token);
            display.Close();
            return result is null ? WentAway(what) : (int)Conclude(what, result, IsRefusal(result) ? "refused" : "failed");
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            display.Close();
            context.Screen.ErrorLines(Told.Interrupted(what));
            return CliRole.Interrupted;
        }
        catch (RefusedByDaemonException e)
        {
            display.Close();
            return (int)Conclude(what, new(e.Code, e.Document.Problems.IsEmpty ? e.Document.Detail : e.Document.Title, e.Document.Problems, []), "refused");
        }
    }

    /// <summary>Nothing was begun, because of what was found before.</summary>
    private static bool IsRefusal(OperationResult result) =>
        result.ExitCode is ExitCode.Problems || (OrEmpty(result.Failures).IsEmpty && OrEmpty(result.Problems).Any(p => p.Severity is Severity.Error));

    private IOperationDisplay Display()
    {
        var screen = context.Screen;
        return screen.Json ? new JsonDisplay(screen) : screen.IsLive ? new LiveDisplay(screen, context.Host.Time) : new PlainDisplay(screen);
    }

    private async Task<OperationResult?> WatchAsync(IOperationDisplay display, IAsyncEnumerable<OperationMessage> messages, CancellationToken token)
    {
        await using var source = messages.GetAsyncEnumerator(token);
        while (true)
        {
            var next = source.MoveNextAsync().AsTask();
            while (!next.IsCompleted && context.Screen.IsLive)
            {
                await Task.WhenAny(next, Task.Delay(Frame, context.Host.Time, token));
                display.Tick();
            }

            if (!await next)
            {
                return null;
            }

            if (source.Current.Result is { } result)
            {
                return result;
            }

            display.Show(source.Current);
            if (source.Current.Rollout is { } rollout && Told.Heard(rollout) is { Count: > 0 } lines)
            {
                display.Remark(lines);
            }
        }
    }

    private int WentAway(string what)
    {
        context.Screen.ErrorLines(Told.WentAway(what));
        return (int)ExitCode.DaemonNotReachable;
    }

    /// <param name="otherwise">The word for an end that is no success.</param>
    private ExitCode Conclude(string what, OperationResult result, string otherwise)
    {
        var screen = context.Screen;
        if (screen.Json)
        {
            screen.Document(new OperationMessage(Result: result), WireJson.Default.OperationMessage);
            return result.ExitCode;
        }

        var problems = ReportText.Of(OrEmpty(result.Problems), screen.Colours);
        if (result.ExitCode is ExitCode.Done)
        {
            screen.ErrorLines(problems);
            screen.Line(Harmless.Text(result.Summary, colours: false));
            return ExitCode.Done;
        }

        screen.ErrorLines(problems);
        foreach (var failure in OrEmpty(result.Failures))
        {
            screen.ErrorLine("");
            screen.ErrorLines(ReportText.Of(failure, screen.Colours));
        }

        screen.ErrorLine($"{what} {otherwise}: {Harmless.Text(result.Summary, colours: false)}");
        screen.ErrorLines(Told.Failed());
        return result.ExitCode;
    }

    private static ImmutableArray<T> OrEmpty<T>(ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
