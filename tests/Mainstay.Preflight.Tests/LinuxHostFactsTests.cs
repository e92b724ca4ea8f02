using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mainstay.Contracts;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Parsing;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

/// <summary>The checks on the host that runs the tests: a real folder, real modes, real listeners.</summary>
public sealed class LinuxHostFactsTests : IDisposable
{
    private readonly LinuxHostFacts _host = new("/usr/local/bin:/usr/bin:/bin");
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-preflight-").FullName;

    public LinuxHostFactsTests() => Directory.CreateDirectory(Path.Combine(_folder, "api"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_host_knows_itself()
    {
        Assert.Equal(Environment.IsPrivilegedProcess, _host.Self.IsRoot);
        Assert.Equal(_host.Self.Id, _host.FindUser(_host.Self.Name)?.Id);
        Assert.Equal(("root", 0u), (_host.FindUser("0")!.Name, _host.FindUser("root")!.Id));
        Assert.Null(_host.FindUser("no-such-user-here"));
        Assert.Null(_host.FindUser("4123456789"));
        Assert.True(_host.FreeBytes(Path.Combine(_folder, "not/yet/there")) > 0);
        Assert.InRange(_host.MostOpenFiles, 256, long.MaxValue);
        Assert.InRange(_host.FirstFreePort, 0, 65535);
    }

    [Fact]
    public void A_file_is_read_whole_or_refused_and_never_waited_for()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "12345678é");

        Assert.Equal(new FileText("12345678é", null), _host.Read(file, 10));
        Assert.Contains("larger than", _host.Read(file, 9).Fault, StringComparison.Ordinal);
        Assert.Contains("Linux version", _host.Read("/proc/version", 4096).Text, StringComparison.Ordinal);
        Assert.Equal("is a folder", _host.Read(_folder, 10).Fault);
        Assert.Equal("is no regular file", _host.Read("/dev/zero", 10).Fault);
        Assert.True(_host.Read(file + "x", 10).Missing);
    }

    [Fact]
    public void A_pipe_as_env_file_is_refused_and_not_waited_for()
    {
        using (var made = Process.Start("mkfifo", ["-m", "600", Path.Combine(_folder, "api.env")]))
        {
            made.WaitForExit();
        }

        var problem = Assert.Single(Real("command: [ sh, -c, \"true\" ]", "env_file: [ api.env ]").Problems);

        Assert.Equal("MS2007", problem.Code);
        Assert.Contains("is no regular file", problem.What, StringComparison.Ordinal);
        Assert.StartsWith("name a regular file of at most 4 MiB", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_read_up_to_4_MiB_and_by_what_they_hold()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllBytes(file, [0xef, 0xbb, 0xbf, .. Enumerable.Repeat((byte)'x', BoundedFile.MostBytes - 3)]);
        Assert.Equal(BoundedFile.MostBytes - 3, BoundedFile.Read(file).Text?.Length);

        File.AppendAllText(file, "x");
        Assert.Equal("is larger than 4 MiB, the most that is read", BoundedFile.Read(file).Fault);
        Assert.Contains("Linux version", BoundedFile.Read("/proc/version", 4096).Text, StringComparison.Ordinal);
        Assert.Equal("is no regular file", BoundedFile.Read("/dev/zero").Fault);
    }

    [Fact]
    public void Limits_are_told_from_the_mounts()
    {
        Assert.Equal("cgroup v2 is not mounted", LinuxHostFacts.LimitsOf(["23 28 0:21 / /sys rw - sysfs sysfs rw"]));
        Assert.Equal("cgroup v2 has neither a memory nor a cpu controller here", LinuxHostFacts.LimitsOf([$"30 23 0:26 / {_folder} rw - cgroup2 cgroup rw"]));

        File.WriteAllText(Path.Combine(_folder, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        Assert.Equal("", LinuxHostFacts.LimitsOf([$"30 23 0:26 / {_folder} rw,nosuid shared:4 - cgroup2 cgroup rw"]));
    }

    [Theory]
    [InlineData(0b110_000_000, "")]
    [InlineData(0b110_000_100, "MS2008")]
    [InlineData(0b110_100_000, "MS2008")]
    public void The_mode_of_a_real_env_file_counts(int mode, string codes)
    {
        var file = Path.Combine(_folder, "api.env");
        File.WriteAllText(file, "A=1\n");
        File.SetUnixFileMode(file, (UnixFileMode)mode);

        Assert.Equal(codes, Ids(Real("command: [ sh, -c, \"true\" ]", "env_file: [ api.env ]").Problems));
    }

    [Fact]
    public void A_program_without_an_executable_bit_is_told()
    {
        File.WriteAllText(Path.Combine(_folder, "api/run.sh"), "#!/bin/sh\n");
        Assert.Equal("MS3002", Ids(Real("command: [ ./run.sh ]").Problems));

        File.SetUnixFileMode(Path.Combine(_folder, "api/run.sh"), (UnixFileMode)0b111_000_000);
        Assert.Empty(Real("command: [ ./run.sh ]").Problems);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void A_port_that_this_process_holds_is_told_with_its_pid(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();

        var problem = Assert.Single(Real("command: [ sh, -c, \"true\" ]", $"port: {((IPEndPoint)listener.LocalEndpoint).Port}").Problems);

        Assert.Equal("MS3020", problem.Code);
        Assert.Contains($"is held by pid {Environment.ProcessId}, ", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_a_child_holds_is_told_with_its_command_line()
    {
        using var child = Process.Start(new ProcessStartInfo("python3", ["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var words = (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ');
            var port = int.Parse(words[Array.IndexOf(words, "port") + 1], CultureInfo.InvariantCulture);

            var problem = Assert.Single(Real("command: [ sh, -c, \"true\" ]", $"port: {port}").Problems);

            Assert.Contains($"is held by pid {child.Id}, ", problem.What, StringComparison.Ordinal);
            Assert.Contains("-u -m http.server --bind 127.0.0.1 0", problem.What, StringComparison.Ordinal);
        }
        finally
        {
            child.Kill();
        }
    }

    private PreflightReport Real(params ReadOnlySpan<string> lines)
    {
        var manifest = Api(lines);
        var stack = manifest.Stack with { Directory = _folder };
        var service = stack.Services[0];
        stack = stack with
        {
            Services =
            [
                service with
                {
                    Directory = Path.Combine(_folder, "api"),
                    EnvFiles = [.. service.EnvFiles.Select(f => f with { Path = Path.Combine(_folder, Path.GetFileName(f.Path)) })],
                },
            ],
        };
        return PreflightCheck.Run(manifest with { Stack = stack }, new PreflightHost(new HomeLayout(Path.Combine(_folder, "home")), _host, Noon));
    }
}
