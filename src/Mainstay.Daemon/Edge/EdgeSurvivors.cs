using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Daemon.Edge;

/// <summary>A worker of an earlier daemon that answers on its control socket.</summary>
/// <param name="SnapshotVersion">What it decides by; 0 when it has never been told anything, and so accepts nothing.</param>
internal sealed record EdgeSurvivor(int Worker, int Pid, long SnapshotVersion);

/// <summary>
/// Finds the workers of earlier daemons by their control sockets, which are there from a worker's first moment to its last: the journal names
/// only the one that served when the daemon last wrote, and the daemon may die between starting a worker and writing so.
/// </summary>
internal static class EdgeSurvivors
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Oldest first. A socket that nobody answers on is removed, unless its worker may only be slow.</summary>
    public static async Task<ImmutableArray<EdgeSurvivor>> FindAsync(HomeLayout home, TimeProvider clock, CancellationToken token)
    {
        var found = await Task.WhenAll(Sockets(home).Select(socket => AskAsync(socket.Worker, socket.Path, clock, token)));
        return [.. found.OfType<EdgeSurvivor>().OrderBy(s => s.Worker)];
    }

    /// <summary>Asks a worker to finish what it has and to end. It may be doing so already.</summary>
    public static async Task RetireAsync(string controlSocket, EdgeDrain drain, CancellationToken token)
    {
        try
        {
            await using var connection = await EdgeConnection.ConnectAsync(controlSocket, token);
            await connection.SendAsync(new EdgeCommand(Drain: drain), token);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // It has ended meanwhile.
        }
    }

    private static IEnumerable<(int Worker, string Path)> Sockets(HomeLayout home) =>
        from path in Directory.Exists(home.Run) ? Directory.EnumerateFiles(home.Run, "edge-*.sock") : []
        let number = Path.GetFileNameWithoutExtension(path)["edge-".Length..]
        where int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (int.Parse(number, CultureInfo.InvariantCulture), path);

    private static async Task<EdgeSurvivor?> AskAsync(int worker, string path, TimeProvider clock, CancellationToken token)
    {
        try
        {
            return await HelloAsync(path, token).WaitAsync(Deadline, clock, token) is { } hello ? new(worker, hello.Pid, hello.SnapshotVersion) : null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or JsonException or TimeoutException)
        {
            return null;
        }
    }

    private static async Task<EdgeHello?> HelloAsync(string path, CancellationToken token)
    {
        await using var connection = await EdgeConnection.ConnectAsync(path, token);
        await foreach (var report in connection.ReportsAsync(token))
        {
            if (report.Hello is { } hello)
            {
                return hello;
            }
        }

        return null;
    }
}
