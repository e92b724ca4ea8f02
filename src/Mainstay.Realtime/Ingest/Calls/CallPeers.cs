using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>The other processes of this service on this machine: more instances, or an old one that drains. Each listens at a socket in one folder; whoever does not have a call asks them.</summary>
internal sealed class CallPeers : IDisposable
{
    /// <summary>What the system takes as the path of a socket, in bytes.</summary>
    private const int MaxPath = 107;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly string _folder;

    public CallPeers(string data, ILogger log)
    {
        _folder = Path.Combine(data, "calls");
        var name = $"{Environment.ProcessId}-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}.sock";
        var path = Path.Combine(_folder, name);
        if (Encoding.UTF8.GetByteCount(path) > MaxPath)
        {
            log.NoPeers(path, MaxPath);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Socket = path;
        }
    }

    /// <summary>Where this process is to listen; null: the folder's path is too long, and it is alone.</summary>
    public string? Socket { get; }

    /// <summary>Asks each of them in turn; the first answer that is none of "not here" counts.</summary>
    public async Task<(int Status, string Json)?> AskAsync(string method, string target, string authorization, byte[] body, CancellationToken token)
    {
        await foreach (var answer in AnswersAsync(method, target, authorization, body, token))
        {
            if (answer.Status != 404)
            {
                return answer;
            }
        }

        return null;
    }

    /// <summary>What all of them answer; one that is dead is removed.</summary>
    public async IAsyncEnumerable<(int Status, string Json)> AnswersAsync(string method, string target, string authorization, byte[] body, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        foreach (var socket in Socket is null ? [] : Directory.EnumerateFiles(_folder, "*.sock").Where(s => s != Socket).ToList())
        {
            if (await AskOneAsync(socket, method, target, authorization, body, token) is { } answer)
            {
                yield return answer;
            }
        }
    }

    public void Dispose()
    {
        if (Socket is not null)
        {
            File.Delete(Socket);
        }
    }

    private static async Task<(int Status, string Json)?> AskOneAsync(string socket, string method, string target, string authorization, byte[] body, CancellationToken token)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, connecting) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), connecting);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        using var http = new HttpClient(handler) { Timeout = s_patience };
        using var request = new HttpRequestMessage(new(method), new Uri("http://peer" + target)) { Content = body.Length > 0 ? new ByteArrayContent(body) : null };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        try
        {
            using var response = await http.SendAsync(request, token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(token));
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            // Nobody listens at it any more, and nobody will: the name has a random part.
            File.Delete(socket);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return null;
        }
    }
}
