using System.Text;

namespace Mainstay.Realtime.Inspect;

/// <summary>A line for each record.</summary>
internal static class TailRun
{
    private const int FlushBytes = 32 * 1024;

    public static async Task RunAsync(InspectArguments asked, IStreamSource source, Stream output, TimeProvider time, CancellationToken stop)
    {
        var follow = !asked.Has("no-follow");
        var from = StartPoint.Parse(asked.Value("from") ?? (follow ? "end" : "start"), time.GetUtcNow());
        using var gathered = new MemoryStream();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var records = source.ReadAsync(from, follow, enough.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            while (true)
            {
                // What waits for nothing goes out together; before a wait, everything has gone out.
                var next = records.MoveNextAsync();
                if (!next.IsCompleted || gathered.Length > FlushBytes)
                {
                    try
                    {
                        await FlushAsync(gathered, output);
                    }
                    catch (IOException)
                    {
                        // Nobody reads any more. What waits for the next record has to end before it can be put away.
                        await enough.CancelAsync();
                        await Task.WhenAny(next.AsTask());
                        throw;
                    }
                }

                if (!await next)
                {
                    break;
                }

                if (asked.Value("key") is not { } key || records.Current.Record.Key == key)
                {
                    gathered.Write(Encoding.UTF8.GetBytes((asked.Has("json") ? RecordLine.Json(records.Current) : RecordLine.Text(records.Current)) + "\n"));
                }
            }
        }
        finally
        {
            await FlushAsync(gathered, output);
        }
    }

    private static async Task FlushAsync(MemoryStream gathered, Stream output)
    {
        var bytes = gathered.GetBuffer().AsMemory(0, (int)gathered.Length);
        gathered.SetLength(0);
        if (!bytes.IsEmpty)
        {
            await output.WriteAsync(bytes, CancellationToken.None);
        }
    }
}
