using Mainstay.Contracts;

namespace Mainstay.Cli.Tests;

/// <summary>A home and a folder of its own for each test, and a way to run a command in it as a user would.</summary>
public abstract class CommandTest : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ms-cli-").FullName;

    protected CommandTest()
    {
        Folder = Directory.CreateDirectory(Path.Combine(_root, "work")).FullName;
        Home = new(Path.Combine(_root, "home"));
        Environment["MAINSTAY_HOME"] = Home.Root;
        Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    }

    protected HomeLayout Home { get; }

    /// <summary>The current directory of commands.</summary>
    protected string Folder { get; }

    protected Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    protected Func<HomeLayout, CancellationToken, Task<StartedDaemon>> StartDaemon { get; set; } =
        (_, _) => throw new InvalidOperationException("this command must not start a daemon");

    protected bool IsTerminal { get; set; }

    protected TerminalSize Size { get; set; } = new(80, 24);

    protected CancellationToken Interrupted { get; set; }

    protected TimeProvider Time { get; set; } = TimeProvider.System;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(_root, recursive: true);

    protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private protected async Task<CommandResult> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CliRole.RunAsync(args, HostFor(output, error));
        return new(code, output.ToString(), error.ToString());
    }

    private protected CliHost HostFor(TextWriter output, TextWriter error) => new()
    {
        Out = output,
        Error = error,
        Environment = Environment,
        Directory = Folder,
        Time = Time,
        StartDaemon = (home, token) => StartDaemon(home, token),
        IsTerminal = IsTerminal,
        Size = () => Size,
        Interrupted = Interrupted,
    };
}

internal sealed record CommandResult(int Code, string Out, string Error)
{
    public ExitCode Exit => (ExitCode)Code;
}
