using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Verification;

public sealed class FileArgumentTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_stale_link_on_the_disk_is_followed_to_the_older_release()
    {
        _box.Write("api/r1/dist/server.js", "old");
        _box.Folder("api/r2");
        _box.Link("api/r2/dist", "../r1/dist");
        var proof = ProcessProof.Of(Expected(["node", "dist/server.js"], shell: false), Sight("node", "dist/server.js"), Files(["node", "dist/server.js"], shell: false));
        Assert.False(proof.Ok);
        Assert.Contains($"FAILED dist/server.js leads to {_box["api/r1/dist/server.js"]}, in another release than {_box["api/r2"]}", proof.Lines);
    }

    [Fact]
    public void Files_of_a_shells_line_are_looked_at_too()
    {
        _box.Write("api/r2/server.js", "new");
        Assert.Equal([("./server.js", _box["api/r2/server.js"])], Files(["exec node './server.js' --port 3000"], shell: true).Where(f => f.Role is ArgumentRole.Word).Select(f => (f.Argument, f.RealPath)));
    }

    [Fact]
    public void Words_that_name_no_file_are_no_files()
    {
        _box.Write("api/r2/server.js", "new");
        Assert.Equal(["server.js"], Files(["node", "--inspect", "server.js", "0.0.0.0", "http://x.test/"], shell: false).Select(f => f.Argument));
    }

    [Theory]
    [InlineData("node", "{live}")]
    [InlineData("node", "--require", "./hook.js", "--enable-source-maps", "{live}", "--port", "1")]
    [InlineData("node", "--", "{live}")]
    [InlineData("node", "-r", "/usr/lib/hook.js", "{live}")]
    [InlineData("node", "/usr/lib/node_modules/tsx/cli.js", "{live}")]
    [InlineData("node", "{folder}")]
    [InlineData("node", "{gone}")]
    public void A_script_by_its_whole_path_outside_of_the_release_is_no_proof(params string[] words)
    {
        _box.Write("api/r2/hook.js", "");
        var live = _box.Write("live/server.js", "");
        var named = words.Single(w => w.StartsWith('{')) switch { "{live}" => live, "{folder}" => _box["live"], _ => _box["live/gone.js"] };
        ImmutableArray<string> argv = [.. words.Select(w => w.StartsWith('{') ? named : w)];

        Assert.Equal([$"FAILED runs {named}, which is not in the release {_box["api/r2"]}"], Failures(argv));
    }

    [Theory]
    [InlineData("python3.11", "-X", "dev", "{live}")]
    [InlineData("dotnet", "exec", "--runtimeconfig", "a.json", "{live}")]
    [InlineData("java", "-Xmx1g", "-jar", "{live}")]
    [InlineData("bash", "{live}")]
    public void Every_interpreter_names_its_script_in_a_place_of_its_own(params string[] words)
    {
        var live = _box.Write("live/server", "");
        ImmutableArray<string> argv = [.. words.Select(w => w == "{live}" ? live : w)];

        Assert.Equal([$"FAILED runs {live}, which is not in the release {_box["api/r2"]}"], Failures(argv, $"/usr/bin/{words[0]}"));
    }

    [Fact]
    public void A_file_of_the_working_tree_is_none_of_the_hosts_wherever_the_tree_lies()
    {
        _box.Write("api/r2/server.js", "");
        var expected = Expected(["node", "/usr/share/shop/server.js"], shell: false) with { Origin = "/usr/share/shop" };
        var sight = Sight("node", "/usr/share/shop/server.js");

        Assert.Contains("FAILED runs /usr/share/shop/server.js", string.Join('\n', ProcessProof.Of(expected, sight, FileArgument.Of(expected, sight)).Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", "server.js", "--config", "{live}")]
    [InlineData("node", "{own}", "{live}")]
    [InlineData("node", "server", "/etc/hosts")]
    [InlineData("node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "start")]
    [InlineData("node", "/usr/bin/tool.js", "-c", "{live}")]
    public void Data_and_the_hosts_own_programs_may_be_anywhere(params string[] words)
    {
        var own = _box.Write("api/r2/server.js", "");
        var live = _box.Write("live/settings.js", "");

        Assert.Empty(Failures([.. words.Select(w => w == "{live}" ? live : w == "{own}" ? own : w)]));
    }

    [Fact]
    public void What_is_installed_with_an_interpreter_belongs_to_it()
    {
        var python = _box.Write("venv/bin/python3", "");
        var tool = _box.Write("venv/bin/gunicorn", "");

        Assert.Empty(Failures([python, tool, "app:app"], "/usr/bin/python3.11"));
    }

    [Theory]
    [InlineData("node -e", "node", "-e", "require('./server.js')")]
    [InlineData("sh -c", "sh", "-c", "sleep 1; node server.js")]
    [InlineData("bash -lc", "bash", "-lc", "x")]
    public void Code_of_the_command_line_cannot_be_compared_and_that_is_said(string shown, params string[] words)
    {
        var line = Assert.Single(Lines([.. words], $"/usr/bin/{words[0]}"), l => l.StartsWith("note it runs", StringComparison.Ordinal));
        Assert.Equal($"note it runs code of its own command line ({shown}): no file of it can be compared with the release", line);
    }

    [Fact]
    public void A_program_by_its_whole_path_outside_of_the_release_is_no_proof_and_an_interpreter_is()
    {
        var program = _box.Write("live/server", "");
        Assert.Equal([$"FAILED runs {program}, which is not in the release {_box["api/r2"]}"], Failures([program], program));

        _box.Write("api/r2/server.js", "");
        var node = _box.Write("tools/node", "");
        Assert.Empty(Failures([node, "server.js"], node));
    }

    [Theory]
    [InlineData("/usr/bin/dash", "sh", "run.sh")]
    [InlineData("/usr/bin/node", "npm start")]
    [InlineData("/usr/bin/node", "node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "start")]
    [InlineData("/usr/bin/tini", "tini", "--", "node", "server.js")]
    public void Below_what_only_starts_others_the_code_of_its_processes_is_what_counts(string executable, params string[] arguments)
    {
        var live = _box.Write("live/server.js", "");
        _box.Write("api/r2/run.sh", "");
        _box.Write("api/r2/server.js", "");
        var facts = new Family(new(executable, _box["api/r2"], [.. arguments], null), new("/usr/bin/node", _box["live"], ["node", "server.js"], null));

        var (ok, evidence) = new Prover(facts, "/usr/bin").Prove(Applied([.. arguments]), _box["api/r2"], [new("api-1", "api-1", 7, 1, null, "r2", "rev", false, true, 0, 0, null, "")]);

        Assert.False(ok);
        Assert.Contains($"FAILED its process 8: server.js leads to {live}, outside the release {_box["api/r2"]}", evidence[0].Lines);
    }

    private IEnumerable<string> Failures(ImmutableArray<string> argv, string executable = "/usr/bin/node") =>
        Lines(argv, executable).Where(l => l.StartsWith("FAILED", StringComparison.Ordinal));

    private ImmutableArray<string> Lines(ImmutableArray<string> argv, string executable)
    {
        _box.Folder("api/r2");
        var expected = Expected(argv, shell: false) with { Program = new(executable, null) };
        var sight = new ProcessSight(executable, _box["api/r2"], argv, null);
        return ProcessProof.Of(expected, sight, FileArgument.Of(expected, sight)).Lines;
    }

    private AppliedService Applied(ImmutableArray<string> argv) => new(
        new ServiceSpec(
            new("api"), new(argv, false, SourceSpan.None), _box["api/r2"], 1, new(PortKind.None), ImmutableSortedDictionary<string, string>.Empty, [], null, [], null, RestartSpec.Default, ResourcesSpec.None, StopSpec.Default, null, LogsSpec.Default, RolloutSpec.None, SourceSpan.None),
        ImmutableSortedDictionary<string, string>.Empty, "rev", "r2");

    private sealed class Family(ProcessSight parent, ProcessSight child) : IProcessFacts
    {
        public ProcessSight? Look(int pid, long startTime) => pid == 7 ? parent : child;

        public ProgramSight? Resolve(string program, string directory, string path) => new(parent.Executable, null);

        public ImmutableArray<ChildProcess> Children(int pid) => pid == 7 ? [new(8, 1)] : [];
    }

    private ImmutableArray<FileArgument> Files(ImmutableArray<string> argv, bool shell) => FileArgument.Of(Expected(argv, shell), Sight());

    private ExpectedProcess Expected(ImmutableArray<string> argv, bool shell) => new(
        new("api"), "r2", _box["api/r2"], _box["api/r2"], new(argv, shell, SourceSpan.None), new("/usr/bin/node", null), ImmutableSortedDictionary<string, string>.Empty);

    private ProcessSight Sight(params ImmutableArray<string> arguments) => new("/usr/bin/node", _box["api/r2"], arguments, null);
}
