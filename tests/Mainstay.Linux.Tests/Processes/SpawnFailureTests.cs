using Mainstay.Linux.Interop;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Tests.Processes;

/// <summary>Each failure comes back at once with its stage, its errno and a sentence; with a gate in between as without.</summary>
public sealed class SpawnFailureTests : IDisposable
{
    private readonly Kernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    public static TheoryData<int?> Gates => new((int?)null, 100);

    private SpawnOutcome.Failed Fail(int? gate, Func<SpawnSpec, SpawnSpec> spoil)
    {
        var failed = Assert.IsType<SpawnOutcome.Failed>(_kernel.Spawner.Spawn(spoil(_kernel.Shell("true")) with { OpenFiles = gate }));
        Assert.Empty(Directory.GetFiles(Path.Combine(_kernel.Scratch, "gates")));
        return failed;
    }

    private static void Is(SpawnOutcome.Failed failed, SpawnStage stage, int errno, string message)
    {
        Assert.Equal((stage, errno), (failed.Stage, failed.Errno));
        Assert.Contains(message, failed.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Gates))]
    public void A_name_that_is_in_no_directory_of_PATH(int? gate) =>
        Is(Fail(gate, s => s with { Argv = ["no-such-program"] }), SpawnStage.FindingProgram, Errno.ENOENT, "\"no-such-program\" is in none of the directories of PATH (/usr/local/bin:/usr/bin:/bin)");

    [Theory, MemberData(nameof(Gates))]
    public void A_missing_file(int? gate) =>
        Is(Fail(gate, s => s with { Argv = ["./missing"] }), SpawnStage.Executing, Errno.ENOENT, "./missing does not exist");

    [Theory, MemberData(nameof(Gates))]
    public void A_file_that_is_not_executable(int? gate)
    {
        _kernel.Write("plain", "#!/bin/sh\n", mode: 0b110_100_100);
        Is(Fail(gate, s => s with { Argv = ["./plain"] }), SpawnStage.Executing, Errno.EACCES, "plain is not executable for this user");
    }

    [Theory, MemberData(nameof(Gates))]
    public void A_script_without_its_interpreter(int? gate)
    {
        _kernel.Write("script", "#!/usr/bin/no-such-interpreter -x\n");
        Is(Fail(gate, s => s with { Argv = ["./script"] }), SpawnStage.Executing, Errno.ENOENT, "needs the interpreter /usr/bin/no-such-interpreter, which does not exist");
    }

    [Fact]
    public void A_script_with_Windows_line_ends()
    {
        _kernel.Write("script", "#!/bin/sh\r\n");
        Is(Fail(null, s => s with { Argv = ["./script"] }), SpawnStage.Executing, Errno.ENOENT, "Windows line ends");
    }

    [Theory, MemberData(nameof(Gates))]
    public void A_file_that_is_no_program(int? gate)
    {
        _kernel.Write("text", "echo hello\n");
        Is(Fail(gate, s => s with { Argv = ["./text"] }), SpawnStage.Executing, Errno.ENOEXEC, "begins with #!");
    }

    [Fact]
    public void A_directory_in_place_of_a_program() =>
        Is(Fail(null, s => s with { Argv = ["/usr/bin"] }), SpawnStage.Executing, Errno.EACCES, "/usr/bin is a directory");

    [Theory, MemberData(nameof(Gates))]
    public void A_missing_directory(int? gate) =>
        Is(Fail(gate, s => s with { Directory = "/no/such/directory" }), SpawnStage.ChangingDirectory, Errno.ENOENT, "/no/such/directory: No such file or directory");

    [Fact]
    public void A_directory_that_the_user_may_not_enter()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        var closed = Directory.CreateDirectory(Path.Combine(_kernel.Scratch, "closed"), (UnixFileMode)0b111_000_000).FullName;
        Is(Fail(100, s => s with { Directory = closed, User = "nobody" }), SpawnStage.ChangingDirectory, Errno.EACCES, "closed: Permission denied");
    }

    [Fact]
    public void A_program_that_only_another_user_may_run()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        _kernel.Write("private", "#!/bin/sh\n", mode: 0b111_000_000);
        Is(Fail(null, s => s with { Argv = ["./private"], User = "nobody" }), SpawnStage.Executing, Errno.EACCES, "private is not executable for this user");
    }

    [Fact]
    public void An_unknown_user() =>
        Is(Fail(null, s => s with { User = "no-such-user" }), SpawnStage.LookingUpUser, Errno.ENOENT, "this host has no user \"no-such-user\"");

    [Fact]
    public void A_missing_log_pipe() =>
        Is(Fail(null, s => s with { Stderr = ChildOutput.ToPath("/no/such/pipe") }), SpawnStage.OpeningLogPipe, Errno.ENOENT, "/no/such/pipe");

    [Fact]
    public void A_missing_cgroup_stops_the_child_at_its_gate() =>
        Is(Fail(null, s => s with { Cgroup = "/no/such/cgroup" }), SpawnStage.JoiningCgroup, Errno.ENOENT, "/no/such/cgroup/cgroup.procs: No such file or directory");

    [Fact]
    public void A_cgroup_that_takes_no_process_stops_the_child_with_the_kernels_own_reason()
    {
        // A file system that opens the file and then refuses the write, as the kernel does for a cgroup that may hold no processes.
        Directory.CreateDirectory(Path.Combine(_kernel.Scratch, "full"));
        File.CreateSymbolicLink(Path.Combine(_kernel.Scratch, "full", "cgroup.procs"), "/dev/full");
        Is(Fail(null, s => s with { Cgroup = Path.Combine(_kernel.Scratch, "full") }), SpawnStage.JoiningCgroup, Errno.ENOSPC, "cgroup.procs: No space left on device");
    }

    [Theory, MemberData(nameof(Gates))]
    public void Too_many_arguments(int? gate) =>
        Is(Fail(gate, s => s with { Argv = ["true", new string('x', 1 << 20)] }), SpawnStage.Executing, Errno.E2BIG, "larger than the kernel takes");

    [Fact]
    public void A_NUL_in_an_argument() => Is(Fail(null, s => s with { Argv = ["echo", "a\0b"] }), SpawnStage.Executing, Errno.EINVAL, "NUL");

    [Fact]
    public void A_NUL_in_the_environment_is_named_without_its_value()
    {
        var failed = Fail(null, s => s with { Environment = Kernel.Variables(("TOKEN", "hidden\0value")) });
        Is(failed, SpawnStage.Executing, Errno.EINVAL, "\"TOKEN\"");
        Assert.DoesNotContain("hidden", failed.Message, StringComparison.Ordinal);
    }
}
