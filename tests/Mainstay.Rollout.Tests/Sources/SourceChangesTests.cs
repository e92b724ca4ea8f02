using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;

namespace Mainstay.Rollout.Tests.Sources;

public sealed class SourceChangesTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Files_differ_with_their_letters()
    {
        _box.Write("a/same", "1");
        _box.Write("a/changed", "1");
        _box.Write("a/gone", "1");
        _box.Write("b/same", "1");
        _box.Write("b/changed", "2");
        _box.Write("b/new", "1");
        Assert.Equal(["M changed", "D gone", "A new"], Snapshot("b").FilesSince(Snapshot("a")));
    }

    [Fact]
    public void Dependencies_come_from_the_lock_file_with_both_versions()
    {
        _box.Write("a/package.json", """{"dependencies":{"express":"^4.0.0"}}""");
        _box.Write("a/package-lock.json", """{"lockfileVersion":3,"packages":{"":{},"node_modules/express":{"version":"4.18.2"},"node_modules/old":{"version":"1.0.0"}}}""");
        _box.Write("b/package.json", """{"dependencies":{"express":"^4.1.0"}}""");
        _box.Write("b/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/express":{"version":"4.19.0"},"node_modules/@a/b":{"version":"2.0.0"}}}""");
        Assert.Equal(["@a/b 2.0.0 added", "express 4.18.2 → 4.19.0", "old 1.0.0 removed"], Snapshot("b").DependenciesSince(Snapshot("a")));
    }

    [Fact]
    public void Dependencies_of_projects_and_requirements_are_read_too()
    {
        _box.Write("a/App/App.csproj", """<PackageReference Include="Npgsql" Version="8.0.1" />""");
        _box.Write("a/requirements.txt", "flask==2.0 # web\nrequests[socks]>=2.1\n-r other.txt\n");
        Assert.Equal(
            [("App: Npgsql", "8.0.1"), ("flask", "==2.0"), ("requests", ">=2.1")],
            Snapshot("a").Dependencies.Select(d => (d.Key, d.Value)));
    }

    [Fact]
    public void A_broken_lock_file_only_tells_nothing()
    {
        _box.Write("a/package-lock.json", "{ not json");
        Assert.Empty(Snapshot("a").Dependencies);
    }

    [Fact]
    public void The_environment_is_compared_by_name_and_no_value_is_kept()
    {
        var before = new Dictionary<string, string> { ["A"] = "1", ["B"] = "secret-1", ["C"] = "1" };
        var after = new Dictionary<string, string> { ["A"] = "1", ["B"] = "secret-2", ["D"] = "1" };
        Assert.Equal(["B changed", "C removed", "D added"], SourceChanges.EnvironmentChanges(before, after));
    }

    [Fact]
    public void More_than_five_hundred_files_are_counted()
    {
        _box.Folder("a");
        for (var i = 0; i < 510; i++)
        {
            _box.Write($"b/{i}", "");
        }

        var change = SourceChanges.Between("sha256:a", "sha256:b", Snapshot("a"), Snapshot("b"), [], [], []);
        Assert.Equal((500, 10), (change.Files.Length, change.FilesLeftOut));
    }

    private SourceSnapshot Snapshot(string folder) => SourceSnapshot.Take(_box[folder], TreeLimits.Default, default);
}
