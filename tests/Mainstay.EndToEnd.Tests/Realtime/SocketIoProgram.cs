using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A program on npm's socket.io-client. What it hears is read in order; whoever looks for something skips the rest.</summary>
internal sealed class SocketIoProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly List<Heard> _all = [];
    private readonly Lock _gate = new();

    private SocketIoProgram(Process process) => _process = process;

    /// <param name="url">With the namespace.</param>
    /// <param name="options">Of the library.</param>
    /// <param name="answers">By event, or by operation: what it acknowledges with.</param>
    public static SocketIoProgram Start(string url, JsonObject options, JsonObject? answers = null)
    {
        var call = new JsonObject { ["url"] = url, ["options"] = options, ["answers"] = answers };
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(Repository.Root(), "tests/node/socketio.js"));
        start.ArgumentList.Add(call.ToJsonString());
        var program = new SocketIoProgram(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => program.Hear(line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        return program;
    }

    /// <summary>How often something was heard so far.</summary>
    public int Count(string what)
    {
        lock (_gate)
        {
            return _all.Count(h => h.What == what);
        }
    }

    public async Task EmitAsync(string name, JsonNode? argument, string? bytes = null)
    {
        var line = new JsonObject { ["event"] = name, ["args"] = new JsonArray(argument), ["bytes"] = bytes };
        await _process.StandardInput.WriteLineAsync(line.ToJsonString());
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The first argument of the next event of that name.</summary>
    public async Task<JsonNode?> NextAsync(string what, Func<JsonNode?, bool>? which = null) => (await HearAsync(what, which))[0];

    /// <summary>All its arguments.</summary>
    public async Task<JsonNode?[]> HearAsync(string what, Func<JsonNode?, bool>? which = null)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            while (true)
            {
                var heard = await _heard.Reader.ReadAsync(patience.Token);
                if (heard.What == what && (which is null || which(heard.Args.FirstOrDefault())))
                {
                    return heard.Args.Length > 0 ? heard.Args : [null];
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{what} was not heard; it heard {string.Join(", ", Told())}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string[] Told()
    {
        lock (_gate)
        {
            return [.. _all.Select(h => $"{h.What} {string.Join(' ', h.Args.Select(a => a?.ToJsonString() ?? "null"))}")];
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        var node = JsonNode.Parse(line)!;
        var heard = new Heard(node["what"]!.GetValue<string>(), [.. node["args"]!.AsArray()]);
        lock (_gate)
        {
            _all.Add(heard);
        }

        _heard.Writer.TryWrite(heard);
    }

    private sealed record Heard(string What, JsonNode?[] Args);
}
