using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Contracts;
using Mainstay.Linux.Files;

namespace Mainstay.Realtime.Inspect;

/// <summary>Looks into streams, at three in the morning: <c>mainstay realtime tail</c> and <c>replay</c>.</summary>
public static class InspectRole
{
    private const string Usage = """
        mainstay realtime tail TOPIC      shows a stream, a line for each record, and follows it
        mainstay realtime replay TOPIC    sends stored records to another broker, or writes the audio of an interaction
        mainstay realtime sim KIND        calls like those of exotel, twilio or a native client; sim --help shows its options

          --service NAME    whose log it is (default: the only one there is); --home, or --data FOLDER for its data itself
          --url URL         a Redis instead: redis://[user[:password]@]host[:port][/database], or rediss://
          --key KEY         one interaction only
          --from WHERE      start, end, a time such as 2026-11-22T03:00:00Z, so long ago such as 10m, or a position as tail shows it behind @
        tail:
          --no-follow       ends with what is there (from the start, unless --from says otherwise)
          --json            one JSON object a line
        replay, one of:
          --to URL          redis://… or kafka://host:port[,…]: every record again, in its order; consumers drop doubles by session and seq
          --wav FILE        the audio of --key as WAV; what is missing is said
          --raw FILE        its samples alone; - for the standard output

        mainstay realtime ingest          is what a service of kind ingest runs; hub: the same for kind hub
        """;

    /// <summary>Returns 0 when done, also by Ctrl-C or because nobody reads any more; 1 when it did not succeed; 2 for wrong usage.</summary>
    /// <param name="args">What stands behind <c>mainstay realtime</c>.</param>
    public static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, string> environment)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var output = StandardStream.Output();
        await using var error = new StreamWriter(StandardStream.Error(), new UTF8Encoding(false), 1024) { AutoFlush = true };
        return await RunAsync(args, environment, output, error, TimeProvider.System, stop.Token);
    }

    internal static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, string> environment, Stream output, TextWriter error, TimeProvider time, CancellationToken stop)
    {
        if (args is [] or ["help"] || args.Any(a => a is "--help" or "-h"))
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(Usage + "\n"), CancellationToken.None);
            return (int)(args.Length == 0 ? ExitCode.WrongUsage : ExitCode.Done);
        }

        if (args[0] is not ("tail" or "replay"))
        {
            return await WrongAsync(error, $"there is no \"{args[0]}\"; there are tail, replay, sim, and the services ingest and hub");
        }

        if (!InspectArguments.TryParse(args, out var asked, out var problem))
        {
            return await WrongAsync(error, problem);
        }

        try
        {
            await using var source = StreamPlace.Open(asked, environment, time, line => error.WriteLine($"mainstay realtime: {line}"));
            await (asked.Verb == "tail" ? TailRun.RunAsync(asked, source, output, time, stop) : ReplayRun.RunAsync(asked, source, output, error, time, stop));
            return (int)ExitCode.Done;
        }
        catch (InspectException e)
        {
            await error.WriteLineAsync($"mainstay realtime {args[0]}: {e.Message}");
            return (int)ExitCode.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (int)ExitCode.Done;
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // Whoever read has seen enough.
            return (int)ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"mainstay realtime {args[0]}: {e.Message}");
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>EPIPE, which the runtime passes on as the exception's HResult.</summary>
    private const int BrokenPipe = 32;

    private static async Task<int> WrongAsync(TextWriter error, string problem)
    {
        await error.WriteLineAsync($"mainstay realtime: {problem}\ntry: mainstay realtime --help");
        return (int)ExitCode.WrongUsage;
    }
}
