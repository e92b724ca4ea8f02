using Mainstay.Preflight.Host;
using Mainstay.Preflight.Releases;
using Mainstay.Spec.Problems;
using static Mainstay.Preflight.Tests.Releases.TempRelease;

namespace Mainstay.Preflight.Tests.Releases;

public sealed class InstalledNodeTests : IDisposable
{
    private const string Header = "#ifndef X\n#define NODE_MAJOR_VERSION 18\n#define NODE_MINOR_VERSION 20\n#define NODE_PATCH_VERSION 4\n#define NODE_MAJOR_VERSION 99\n";

    private readonly TempRelease _prefix = new TempRelease().With("bin/node").With("include/node/node_version.h", Header);

    public void Dispose() => _prefix.Dispose();

    [Fact]
    public void Its_headers_say_which_it_is() => Assert.Equal(Node18, InstalledNode.VersionFor(Service("command: npm start"), new LinuxHostFacts($"/nonexistent:{_prefix.Root}/bin")));

    [Fact]
    public void The_PATH_of_the_service_and_a_whole_path_win_over_the_hosts()
    {
        Assert.Equal(Node18, InstalledNode.VersionFor(Service($"environment: {{ PATH: {_prefix.Root}/bin }}"), NoPrograms));
        Assert.Equal(Node18, InstalledNode.VersionFor(Service($"command: [ {_prefix.Root}/bin/node, x.js ]"), NoPrograms));
    }

    [Fact]
    public void A_link_leads_to_it()
    {
        using var other = new TempRelease();
        File.CreateSymbolicLink(Path.Combine(other.Root, "node"), $"{_prefix.Root}/bin/node");

        Assert.Equal(Node18, InstalledNode.VersionFor(Service(), new LinuxHostFacts(other.Root)));
    }

    [Fact]
    public void Without_headers_or_without_Node_it_is_not_known()
    {
        File.Delete(Path.Combine(_prefix.Root, "include/node/node_version.h"));

        Assert.Null(InstalledNode.VersionFor(Service(), new LinuxHostFacts($"{_prefix.Root}/bin")));
        Assert.Null(InstalledNode.VersionFor(Service(), NoPrograms));
    }

    [Fact]
    public void A_release_is_held_against_it()
    {
        using var release = new TempRelease().With("package.json", """{ "engines": { "node": ">=22" } }""");

        Assert.Equal(["MS6003"], ReleaseCheck.Run(release.Root, Service(), new LinuxHostFacts($"{_prefix.Root}/bin")).Select((Problem p) => p.Code));
    }

    [Fact]
    public void A_bundle_of_one_long_line_is_looked_through_quickly()
    {
        using var release = new TempRelease().With("app.js", string.Concat(Enumerable.Repeat("r(1);require('x');//", 45_000)));

        Assert.Empty(release.Check(Node18, built: true, "command: [ node, app.js ]"));
    }
}
