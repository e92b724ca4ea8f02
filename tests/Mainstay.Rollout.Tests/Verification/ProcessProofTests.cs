using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Verification;

public class ProcessProofTests
{
    private const string Root = "/home/releases/api/r2";

    private static readonly ImmutableSortedDictionary<string, string> s_declared =
        ImmutableSortedDictionary<string, string>.Empty.Add("API_KEY", "hunter2-hunter2").Add("MODE", "live");

    private static readonly ExpectedProcess s_expected = new(
        new("api"), "r2", Root, Root, new(["node", "server.js"], false, SourceSpan.None), new("/usr/bin/node", null), s_declared);

    private static readonly ProcessSight s_right = new(
        "/usr/bin/node", Root, ["node", "server.js"], s_declared.Add("MAINSTAY_SERVICE", "api").Add("MAINSTAY_RELEASE", "r2").Add("PATH", "/usr/bin"));

    private static readonly ImmutableArray<FileArgument> s_files = [new("server.js", $"{Root}/server.js")];

    [Fact]
    public void A_process_that_runs_its_release_is_proven_with_every_line_ok()
    {
        var proof = ProcessProof.Of(s_expected, s_right, s_files);
        Assert.True(proof.Ok);
        Assert.All(proof.Lines, l => Assert.StartsWith("ok ", l, StringComparison.Ordinal));
        Assert.Equal(6, proof.Lines.Length);
    }

    [Fact]
    public void A_process_that_is_gone_proves_nothing() => Failed("the process has ended", sight: null);

    [Fact]
    public void Another_working_directory_fails_and_names_both() =>
        Failed($"working directory is /home/releases/api/r1, expected {Root}", s_right with { WorkingDirectory = "/home/releases/api/r1" });

    [Fact]
    public void A_server_without_a_release_may_work_where_its_data_lies() =>
        Noted("working directory is /srv/data/postgres", s_expected with { Root = null }, s_right with { WorkingDirectory = "/srv/data/postgres" });

    [Fact]
    public void A_deleted_executable_fails() =>
        Failed("executable /usr/bin/node was deleted or replaced since the process started", s_right with { Executable = "/usr/bin/node (deleted)" });

    [Fact]
    public void Another_executable_fails_and_names_both() =>
        Failed("executable is /usr/bin/python3.11, expected /usr/bin/node", s_right with { Executable = "/usr/bin/python3.11" });

    [Fact]
    public void A_binary_of_another_release_fails_even_behind_a_shell()
    {
        var shell = s_expected with { Command = new(["exec ./server"], true, SourceSpan.None), Program = new("/usr/bin/dash", null) };
        Failed($"executable is /home/releases/api/r1/server, of another release than {Root}", s_right with { Executable = "/home/releases/api/r1/server" }, shell);
    }

    [Fact]
    public void A_shell_that_has_replaced_itself_is_only_noted()
    {
        var shell = s_expected with { Command = new(["exec node server.js"], true, SourceSpan.None), Program = new("/usr/bin/dash", null) };
        Noted("\"/bin/sh\" has replaced itself by it", shell, s_right);
    }

    [Fact]
    public void A_shell_named_in_the_command_may_replace_itself_too()
    {
        var shell = s_expected with { Command = new(["sh", "serve.sh"], false, SourceSpan.None), Program = new("/usr/bin/dash", null) };
        Noted("\"sh\" has replaced itself by it", shell, s_right);
    }

    [Fact]
    public void A_version_manager_in_front_of_the_program_is_only_noted() =>
        Noted("which /usr/bin/node stands for", s_expected, s_right with { Executable = "/root/.volta/tools/node/22/bin/node" });

    [Fact]
    public void A_script_is_run_by_its_interpreter()
    {
        var script = s_expected with { Program = new($"{Root}/node_modules/.bin/next", "/usr/bin/node") };
        Assert.Contains(ProcessProof.Of(script, s_right, s_files).Lines, l => l == $"ok executable /usr/bin/node, which runs {Root}/node_modules/.bin/next");
    }

    [Fact]
    public void A_stale_link_to_an_older_release_fails_and_names_both() =>
        Failed($"dist/server.js leads to /home/releases/api/r1/dist/server.js, in another release than {Root}", s_right, files: [new("dist/server.js", "/home/releases/api/r1/dist/server.js")]);

    [Fact]
    public void A_relative_file_outside_the_release_fails() =>
        Failed($"server.js leads to /srv/live/server.js, outside the release {Root}", s_right, files: [new("server.js", "/srv/live/server.js")]);

    [Fact]
    public void An_absolute_file_elsewhere_is_the_users_own_choice() =>
        Assert.True(ProcessProof.Of(s_expected, s_right, [new("/etc/api.conf", "/etc/api.conf")]).Ok);

    [Fact]
    public void Another_release_in_its_environment_fails() =>
        Failed("MAINSTAY_RELEASE is r1, expected r2", s_right with { Environment = s_right.Environment!.SetItem("MAINSTAY_RELEASE", "r1") });

    [Fact]
    public void Other_declared_variables_fail_by_name_and_without_a_value()
    {
        var proof = ProcessProof.Of(s_expected, s_right with { Environment = s_right.Environment!.SetItem("API_KEY", "old-secret-value") }, s_files);
        Assert.False(proof.Ok);
        var line = proof.Lines.Single(l => l.StartsWith("FAILED", StringComparison.Ordinal));
        Assert.EndsWith("different: API_KEY", line, StringComparison.Ordinal);
        Assert.DoesNotContain(proof.Lines, l => l.Contains("secret", StringComparison.Ordinal) || l.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_declared_port_that_Mainstay_has_overridden_is_no_difference()
    {
        var expected = s_expected with { Environment = s_declared.Add("PORT", "3000") };
        Assert.True(ProcessProof.Of(expected, s_right with { Environment = s_right.Environment!.Add("PORT", "41001") }, s_files).Ok);
    }

    [Fact]
    public void An_environment_that_the_process_wrote_over_is_said_and_does_not_fail()
    {
        Noted("written over by the process itself", s_expected, s_right with { Environment = null });
        Noted("written over by the process itself", s_expected, s_right with { Environment = ImmutableSortedDictionary<string, string>.Empty.Add("x", "y") });
    }

    [Fact]
    public void An_instance_that_was_not_replaced_is_named_with_both_releases()
    {
        var (ok, evidence) = new Prover(new OneProcess(s_right), "/usr/bin").Prove(Applied(), Root, [Instance("api-1", "r2"), Instance("api-2", "r1")]);
        Assert.False(ok);
        Assert.Equal("api-2 (pid 7) is not proven to run r2", evidence[1].Title);
        Assert.Equal(["FAILED it was started for release r1, expected r2"], evidence[1].Lines);
        Assert.StartsWith("api-1 (pid 7) runs r2", evidence[0].Title, StringComparison.Ordinal);
    }

    [Fact]
    public void No_process_at_all_is_no_proof() => Assert.False(new Prover(new OneProcess(s_right), "/usr/bin").Prove(Applied(), Root, []).Ok);

    private static void Failed(string line, ProcessSight? sight, ExpectedProcess? expected = null, ImmutableArray<FileArgument>? files = null)
    {
        var proof = ProcessProof.Of(expected ?? s_expected, sight, files ?? s_files);
        Assert.False(proof.Ok);
        Assert.Equal([$"FAILED {line}"], proof.Lines.Where(l => l.StartsWith("FAILED", StringComparison.Ordinal)));
    }

    private static void Noted(string words, ExpectedProcess expected, ProcessSight sight)
    {
        var proof = ProcessProof.Of(expected, sight, s_files);
        Assert.True(proof.Ok, string.Join('\n', proof.Lines));
        Assert.Contains(proof.Lines, l => l.StartsWith("note ", StringComparison.Ordinal) && l.Contains(words, StringComparison.Ordinal));
    }

    private static InstanceFacts Instance(string id, string release) => new(id, id, 7, 1, null, release, "rev", false, true, 0, 0, null, "");

    private static AppliedService Applied() => new(
        new ServiceSpec(
            new("api"), s_expected.Command, Root, 1, new(PortKind.None), s_declared, [], null, [], null, RestartSpec.Default, ResourcesSpec.None, StopSpec.Default, null, LogsSpec.Default, RolloutSpec.None, SourceSpan.None),
        s_declared, "rev", "r2");

    private sealed class OneProcess(ProcessSight sight) : IProcessFacts
    {
        public ProcessSight? Look(int pid, long startTime) => sight;

        public ProgramSight? Resolve(string program, string directory, string path) => new("/usr/bin/node", null);
    }
}
