using System.ComponentModel;
using System.Diagnostics;
using Mainstay.Rollout.Ports;

namespace Mainstay.Rollout.Tests;

/// <summary>Runs real commands for tests; the product's own way is tested with the daemon.</summary>
internal sealed class ShellCommands : ICommands
{
    public List<CommandRequest> Asked { get; } = [];

    public async Task<CommandOutcome> RunAsync(CommandRequest request, Action<string> line, CancellationToken token)
    {
        Asked.Add(request);
        var argv = request.Command.Shell ? ["/bin/sh", "-c", .. request.Command.Argv] : request.Command.Argv;
        using var process = new Process();
        process.StartInfo = new(argv[0], argv.Skip(1)) { WorkingDirectory = request.Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        process.StartInfo.Environment.Clear();
        foreach (var (name, value) in request.Environment.SetItem("PATH", Environment.GetEnvironmentVariable("PATH")!).SetItem("HOME", "/nonexistent"))
        {
            process.StartInfo.Environment[name] = value;
        }

        var lines = new List<string>();
        void Take(string? text)
        {
            if (text is not null)
            {
                lock (lines)
                {
                    lines.Add(text);
                    line(text);
                }
            }
        }

        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        var clock = Stopwatch.StartNew();
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new(null, null, false, e.Message, TimeSpan.Zero, []);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(request.Timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new(null, null, true, null, clock.Elapsed, [.. lines]);
        }

        // A shell's way to say that a signal ended what it ran.
        return process.ExitCode > 128 && process.ExitCode != 255 && !argv.Contains("git")
            ? new(null, $"SIG{process.ExitCode - 128}", false, null, clock.Elapsed, [.. lines.TakeLast(200)])
            : new(process.ExitCode, null, false, null, clock.Elapsed, [.. lines.TakeLast(200)]);
    }
}
