using System.Diagnostics;
using Mainstay.Daemon.Rollouts;
using Mainstay.Linux.Proc;
using Mainstay.Rollout.Releases;

namespace Mainstay.Daemon.Tests.Rollouts;

public sealed class LinuxProcessFactsTests : IDisposable
{
    private const string HostPath = "/usr/local/bin:/usr/bin:/bin";

    private readonly string _root = Directory.CreateTempSubdirectory("rollout-facts-").FullName;
    private readonly LinuxProcessFacts _facts = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_process_is_seen_with_program_directory_arguments_and_environment()
    {
        using var process = new Process { StartInfo = new("sleep", "300") { WorkingDirectory = _root, Environment = { ["MAINSTAY_RELEASE"] = "r7" } } };
        process.Start();
        try
        {
            var start = ProcStat.Read(process.Id)!.Value.StartTicks;
            var sight = _facts.Look(process.Id, start)!;
            Assert.Equal((RealPath.Of("/usr/bin/sleep"), _root), (sight.Executable, sight.WorkingDirectory));
            Assert.Equal(["sleep", "300"], sight.Arguments);
            Assert.Equal("r7", sight.Environment!["MAINSTAY_RELEASE"]);
            Assert.Null(_facts.Look(process.Id, start + 1));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_program_that_was_replaced_is_seen_as_deleted()
    {
        var program = Program("mysleep", File.ReadAllBytes("/usr/bin/sleep"));
        using var process = Process.Start(program, "300");
        try
        {
            File.Delete(program);
            Assert.Equal($"{program} (deleted)", _facts.Look(process.Id, ProcStat.Read(process.Id)!.Value.StartTicks)!.Executable);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public void A_binary_is_found_in_PATH_with_links_resolved()
    {
        Assert.Equal(RealPath.Of("/bin/sh"), _facts.Resolve("sh", _root, HostPath)!.File);
        Assert.Null(_facts.Resolve("sh", _root, HostPath)!.Interpreter);
        Assert.Null(_facts.Resolve("no-such-program", _root, HostPath));
    }

    [Theory]
    [InlineData("#!/bin/sh -e\n", "/bin/sh")]
    [InlineData("#!/usr/bin/env sh\n", "/bin/sh")]
    [InlineData("#!/usr/bin/env -S A=1 sh -e\n", "/bin/sh")]
    public void A_script_is_run_by_its_interpreter(string head, string interpreter)
    {
        var script = Program("run", System.Text.Encoding.UTF8.GetBytes(head));
        var program = _facts.Resolve("./run", _root, HostPath)!;
        Assert.Equal((script, RealPath.Of(interpreter)), (program.File, program.Interpreter));
    }

    [Fact]
    public void A_file_that_may_not_be_executed_is_no_program()
    {
        File.WriteAllText(Path.Combine(_root, "plain"), "#!/bin/sh");
        Assert.Null(_facts.Resolve("./plain", _root, HostPath));
    }

    private string Program(string name, byte[] content)
    {
        var file = Path.Combine(_root, name);
        File.WriteAllBytes(file, content);
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return file;
    }
}
