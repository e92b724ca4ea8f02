using System.Diagnostics;
using System.Text;

namespace Mainstay.Harness.Processes;

/// <summary>A process that the harness itself started, its output collected as it comes.</summary>
public sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _err = new();
    private readonly long _started = Stopwatch.GetTimestamp();

    private Child(Process process, string command)
    {
        (_process, Command) = (process, command);
        process.OutputDataReceived += (_, line) => Append(_out, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_err, line.Data);
    }

    public string Command { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Out => Copy(_out);

    public string Err => Copy(_err);

    /// <param name="environment">Added to the caller's environment; an empty value removes the variable.</param>
    public static Child Start(string program, IEnumerable<string> arguments, string folder, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value.Length == 0 ? null : value;
        }

        var child = new Child(new Process { StartInfo = start }, $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}");
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IEnumerable<(string, string)> environment, TimeSpan deadline)
    {
        await using var child = Start(program, arguments, folder, environment);
        return await child.ExitAsync(deadline);
    }

    /// <summary>Waits for the exit and for the end of both pipes. A pipe that stays open is a finding: something kept it.</summary>
    public async Task<CommandResult> ExitAsync(TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            var why = _process.HasExited ? "exited, but something else still holds its output" : "still runs";
            throw new HarnessException($"`{Command}` {why} after {deadline.TotalSeconds:0} s.\n--- out\n{Out}\n--- err\n{Err}");
        }

        return new(Command, _process.ExitCode, Out, Err, Stopwatch.GetElapsedTime(_started));
    }

    public bool Send(Signal signal) => Kernel.Kill(Pid, (int)signal) == 0;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: false);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder to, string? line)
    {
        if (line is not null)
        {
            lock (to)
            {
                to.Append(line).Append('\n');
            }
        }
    }

    private static string Copy(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }
}
