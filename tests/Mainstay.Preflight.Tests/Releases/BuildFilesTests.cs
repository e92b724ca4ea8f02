using Mainstay.Preflight.Releases;
using Mainstay.Spec.Problems;
using static Mainstay.Preflight.Tests.Releases.TempRelease;

namespace Mainstay.Preflight.Tests.Releases;

/// <summary>Entry file, engines, lock files.</summary>
public sealed class BuildFilesTests : IDisposable
{
    private const string WithDependencies = """{ "dependencies": { "express": "^5" } }""";

    private readonly TempRelease _release = new();

    public void Dispose() => _release.Dispose();

    [Theory]
    [InlineData("command: [ node, server.js ]", "server.js")]
    [InlineData("command: [ node, --enable-source-maps, ./src/server.js ]", "src/server.js")]
    [InlineData("command: [ python3, main.py ]", "main.py")]
    [InlineData("command: [ dotnet, Shop.dll ]", "Shop.dll")]
    public void A_command_whose_file_is_missing_is_an_error(string command, string file)
    {
        var problem = Assert.Single(_release.Check(command));

        Assert.Equal(("MS6001", Severity.Error, $"service \"api\" runs {file}, which is not in the release"), (problem.Code, problem.Severity, problem.What));
        Assert.Equal((file, "services.api.command"), (problem.Where.File, problem.Where.Path));
    }

    [Theory]
    [InlineData("command: [ node, server.js ]")]
    [InlineData("command: [ node, -e, \"1\" ]")]
    [InlineData("command: [ /opt/app/run ]")]
    [InlineData("command: [ python3, -m, shop ]")]
    [InlineData("command: [ node, /opt/server.js ]")]
    [InlineData("command: \"node none.js && x\"", "shell: true")]
    public void One_that_is_there_or_cannot_be_told_is_not(params string[] lines) => Assert.Empty(_release.With("server.js").Check(lines));

    [Fact]
    public void A_file_that_the_build_may_make_is_missed_after_it()
    {
        string[] lines = ["command: [ node, dist/server.js ]", "build: [ make ]"];

        Assert.Empty(_release.Check(lines));
        Assert.Equal("let the build make it, or correct \"command\" or \"directory\"", Assert.Single(_release.Check(null, built: true, lines)).Fix);
    }

    [Fact]
    public void The_entry_begins_in_the_services_directory()
    {
        _release.With("server.js");

        Assert.Equal("api/server.js", Assert.Single(_release.Check("directory: api", "command: [ node, server.js ]")).Where.File);
    }

    [Fact]
    public void Engines_are_held_against_the_Node_that_is_here()
    {
        _release.With("package.json", """{ "engines": { "node": ">=22" } }""");

        var problem = Assert.Single(_release.Check(Node18, built: false));
        Assert.Equal(("MS6003", "package.json asks for Node.js >=22, but this host runs 18.20.4"), (problem.Code, problem.What));
        Assert.Empty(_release.Check(Node22, built: false));
        Assert.Empty(_release.Check());
    }

    [Fact]
    public void Of_keys_that_are_there_twice_the_last_counts_as_it_does_for_Node()
    {
        _release.With("package.json", """{ "name": "a", "name": "b", "engines": {}, "engines": { "node": ">=8", "node": ">=22" } }""");

        Assert.Equal("MS6003", Assert.Single(_release.Check(Node18, built: false)).Code);
        Assert.Empty(_release.Check(Node22, built: false));
    }

    [Fact]
    public void Dependencies_without_a_lock_file_are_a_warning()
    {
        _release.With("package.json", WithDependencies);

        var problem = Assert.Single(_release.Check());
        Assert.Equal(("MS6010", Severity.Warning, "package.json"), (problem.Code, problem.Severity, problem.Where.File));
    }

    [Theory]
    [InlineData("package-lock.json")]
    [InlineData("npm-shrinkwrap.json")]
    [InlineData("yarn.lock")]
    [InlineData("pnpm-lock.yaml")]
    public void Any_lock_file_will_do_also_in_the_root_of_the_workspace(string name)
    {
        _release.With("api/package.json", WithDependencies).With(name);

        Assert.Empty(_release.Check("directory: api"));
    }

    [Fact]
    public void Without_dependencies_none_is_needed() => Assert.Empty(_release.With("package.json", """{ "name": "shop" }""").Check());

    [Theory]
    [InlineData("package-lock.json", "npm install", "npm ci")]
    [InlineData("package-lock.json", "npm i --omit=dev", "npm ci")]
    [InlineData("yarn.lock", "yarn", "yarn install --immutable (--frozen-lockfile before yarn 2)")]
    [InlineData("pnpm-lock.yaml", "pnpm install", "pnpm install --frozen-lockfile")]
    public void A_build_that_passes_over_the_lock_file_is_a_warning(string file, string command, string instead)
    {
        var problem = Assert.Single(_release.With("package.json", WithDependencies).With(file).Check($"build: [ \"{command}\" ]"));

        Assert.Equal(("MS6011", Severity.Warning, $"write \"{instead}\" under \"build\"", "services.api.build[0]"), (problem.Code, problem.Severity, problem.Fix, problem.Where.Path));
    }

    [Theory]
    [InlineData("package-lock.json", "npm ci")]
    [InlineData("package-lock.json", "npm install -g typescript")]
    [InlineData("package-lock.json", "npm install esbuild")]
    [InlineData("package-lock.json", "npm run build")]
    [InlineData("yarn.lock", "yarn install --immutable")]
    [InlineData("yarn.lock", "yarn build")]
    public void A_build_that_goes_by_it_is_not(string file, string command) =>
        Assert.Empty(_release.With("package.json", WithDependencies).With(file).Check($"build: [ \"{command}\" ]"));

    [Fact]
    public void A_release_beyond_the_limit_says_so()
    {
        foreach (var i in Enumerable.Range(0, 12))
        {
            _release.With($"data/{i}.txt");
        }

        var problem = Assert.Single(ReleaseCheck.Run(_release.Root, Service(), NoPrograms, limits: new ReleaseLimits(MostFiles: 10)));
        Assert.Equal(("MS6030", Severity.Warning), (problem.Code, problem.Severity));
        Assert.Empty(ReleaseCheck.Run(_release.Root, Service(), NoPrograms, limits: new ReleaseLimits(MostFiles: 13)));
    }

    [Fact]
    public void What_a_build_makes_is_not_held_against_the_source()
    {
        _release.With("package.json", WithDependencies).With("package-lock.json").With("node_modules/esm/package.json", """{ "type": "module", "exports": { "import": "./i.js" } }""")
            .With("server.js", "require('esm');");
        string[] lines = ["command: [ node, server.js ]", "build: [ npm ci ]"];

        Assert.Empty(_release.Check(Node22, built: false, lines));
        Assert.Equal("MS6002", Assert.Single(_release.Check(Node22, built: true, lines)).Code);
    }

    [Fact]
    public void A_link_out_of_the_release_is_not_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_release.Root, "outside"), "/etc");

        Assert.Empty(_release.Check());
    }
}
