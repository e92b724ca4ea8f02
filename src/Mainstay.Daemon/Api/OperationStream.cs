using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Lifecycle;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Daemon.Api;

/// <summary>Runs one operation and streams its steps. The operation does not end when its client goes away: it was asked for, and half of it would be worse.</summary>
internal static class OperationStream
{
    /// <summary>A client that reads slower than this many steps behind loses the oldest ones; the operation never waits for it.</summary>
    private const int MaxStepsBehind = 1024;

    public static Task RunAsync(HttpContext http, Func<Action<OperationStep>, Task<OperationResult>> operation) =>
        RunAsync(http, tell => operation(step => tell(new(Step: step))));

    public static async Task RunAsync(HttpContext http, Func<Action<OperationMessage>, Task<OperationResult>> operation)
    {
        var steps = Channel.CreateBounded<OperationMessage>(new BoundedChannelOptions(MaxStepsBehind) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
        var running = RunToEndAsync(operation, steps.Writer);
        http.Response.ContentType = Ndjson.ContentType;
        try
        {
            await http.Response.StartAsync(http.RequestAborted);
            await foreach (var step in steps.Reader.ReadAllAsync(http.RequestAborted))
            {
                await Ndjson.WriteLineAsync(http.Response, step, WireJson.Default.OperationMessage, http.RequestAborted);
            }

            await Ndjson.WriteLineAsync(http.Response, new OperationMessage(Result: await running), WireJson.Default.OperationMessage, http.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went away. The operation is awaited all the same, so that its end is logged and its faults are not lost.
            await running;
        }
        finally
        {
            // The client has its answer; the pause is nobody's wait.
            MemoryTrim.Run();
        }
    }

    private static async Task<OperationResult> RunToEndAsync(Func<Action<OperationMessage>, Task<OperationResult>> operation, ChannelWriter<OperationMessage> steps)
    {
        try
        {
            return await operation(step => steps.TryWrite(step));
        }
        finally
        {
            steps.Complete();
        }
    }
}
