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
        Assert.Equal([new FileArgument("./server.js", _box["api/r2/server.js"])], Files(["exec node './server.js' --port 3000"], shell: true));
    }

    [Fact]
    public void Words_that_name_no_file_are_no_files()
    {
        _box.Write("api/r2/server.js", "new");
        Assert.Equal(["server.js"], Files(["node", "--inspect", "server.js", "0.0.0.0", "http://x.test/"], shell: false).Select(f => f.Argument));
    }

    private ImmutableArray<FileArgument> Files(ImmutableArray<string> argv, bool shell) => FileArgument.Of(Expected(argv, shell), Sight());

    private ExpectedProcess Expected(ImmutableArray<string> argv, bool shell) => new(
        new("api"), "r2", _box["api/r2"], _box["api/r2"], new(argv, shell, SourceSpan.None), new("/usr/bin/node", null), ImmutableSortedDictionary<string, string>.Empty);

    private ProcessSight Sight(params ImmutableArray<string> arguments) => new("/usr/bin/node", _box["api/r2"], arguments, null);
}
