using Mainstay.Spec.Problems;
using static Mainstay.Preflight.Tests.Releases.TempRelease;

namespace Mainstay.Preflight.Tests.Releases;

/// <summary>The crash of node-fetch 3 in a CommonJS build, seen before it happens.</summary>
public sealed class ModuleFormatTests : IDisposable
{
    private const string Command = "command: [ node, dist/server.js ]";

    private readonly TempRelease _release = new TempRelease()
        .With("dist/server.js", "\"use strict\";\nconst app = require('./app');\n")
        .With("dist/app.js", "const fs = require('fs');\nconst fetch_1 = require(\"node-fetch\");\n")
        .With("node_modules/node-fetch/package.json", """{ "name": "node-fetch", "version": "3.3.2", "type": "module", "main": "./src/index.js" }""")
        .With("node_modules/node-fetch/src/index.js", "export default 1;\n");

    public void Dispose() => _release.Dispose();

    [Fact]
    public void A_CommonJS_file_that_requires_an_ES_module_is_an_error_where_it_stands()
    {
        var problem = Assert.Single(_release.Check(Node18, built: true, Command));

        Assert.Equal(
            """
            dist/app.js:2:1: MS6002: dist/app.js is CommonJS and requires "node-fetch", which is an ES module only: Node.js 18.20.4 refuses that (ERR_REQUIRE_ESM)
              fix: load it by "await import('node-fetch')", use a version of "node-fetch" that has CommonJS, or let the build make ES modules
            """,
            problem.ToString());
    }

    [Theory]
    [InlineData("20.18.3", true)]
    [InlineData("20.19.0", false)]
    [InlineData("21.7.0", true)]
    [InlineData("22.11.0", true)]
    [InlineData("22.12.0", false)]
    [InlineData("24.1.0", false)]
    public void A_newer_Node_loads_it(string node, bool crashes) => Assert.Equal(crashes, _release.Check(Version.Parse(node), built: true, Command).Any());

    [Fact]
    public void But_not_when_it_awaits_at_its_top_level()
    {
        _release.With("node_modules/node-fetch/src/index.js", "export default 1;\nconst x = await import('y');\n");

        Assert.Contains("ERR_REQUIRE_ASYNC_MODULE", Assert.Single(_release.Check(Node22, built: true, Command)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_knowing_the_Node_it_is_a_warning() => Assert.Equal(Severity.Warning, Assert.Single(_release.Check(Command)).Severity);

    [Fact]
    public void It_is_found_behind_npm_start_too()
    {
        _release.With("package.json", """{ "scripts": { "start": "node dist/server.js" } }""");

        Assert.Equal(Severity.Error, Assert.Single(_release.Check(Node18, built: true, "command: npm start")).Severity);
    }

    [Fact]
    public void What_the_command_does_not_reach_is_not_held_against_it()
    {
        _release.With("dist/app.js", "").With("tools/old.js", "require('node-fetch');\n");

        Assert.Empty(_release.Check(Node18, built: true, Command));
        Assert.Equal(["tools/old.js Warning"], _release.Check(Node18, built: true, "command: [ /opt/run ]").Select(p => $"{p.Where.File} {p.Severity}"));
    }

    [Theory]
    [InlineData("""{ "type": "module", "exports": { "import": "./a.js", "require": "./a.cjs" } }""")]
    [InlineData("""{ "type": "module", "exports": { ".": { "import": "./a.js", "require": { "types": "./a.d.ts", "default": "./a.cjs" } } } }""")]
    [InlineData("""{ "type": "module", "main": "a.cjs" }""")]
    [InlineData("""{ "main": "./src/index.js" }""")]
    [InlineData("""{ "type": "commonjs", "main": "./src/index.js", "module": "./src/index.mjs" }""")]
    [InlineData("{ not json")]
    public void A_package_with_a_way_for_require_is_fine(string package)
    {
        _release.With("node_modules/node-fetch/package.json", package).With("node_modules/node-fetch/a.cjs", "");

        Assert.Empty(_release.Check(Node18, built: true, Command));
    }

    [Theory]
    [InlineData("""{ "type": "module", "exports": "./src/index.js" }""", "ERR_REQUIRE_ESM")]
    [InlineData("""{ "type": "module", "exports": { ".": "./src/index.js" } }""", "ERR_REQUIRE_ESM")]
    [InlineData("""{ "type": "module", "exports": { "types": "./a.d.ts", "default": "./src/index.js" } }""", "ERR_REQUIRE_ESM")]
    [InlineData("""{ "exports": { "default": "./src/index.mjs" } }""", "ERR_REQUIRE_ESM")]
    [InlineData("""{ "type": "module", "exports": { ".": { "import": "./src/index.js" } } }""", "ERR_PACKAGE_PATH_NOT_EXPORTED")]
    [InlineData("""{ "type": "module" }""", "ERR_REQUIRE_ESM")]
    public void One_without_is_not(string package, string error)
    {
        _release.With("node_modules/node-fetch/package.json", package).With("node_modules/node-fetch/index.js", "").With("node_modules/node-fetch/src/index.mjs", "");

        Assert.Contains(error, Assert.Single(_release.Check(Node18, built: true, Command)).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("// const x = require('node-fetch');")]
    [InlineData(" * require('node-fetch')")]
    [InlineData("const x = await import('node-fetch');")]
    [InlineData("loader.require('node-fetch');")]
    [InlineData("require(name);")]
    [InlineData("require('not-installed');")]
    public void What_is_no_require_of_it_is_passed_over(string line)
    {
        _release.With("dist/app.js", line);

        Assert.Empty(_release.Check(Node18, built: true, Command));
    }

    [Fact]
    public void A_release_of_ES_modules_may_import_it()
    {
        _release.With("package.json", """{ "type": "module" }""").With("dist/server.js", "import './app.js';\n").With("dist/app.js", "import fetch from 'node-fetch';\n");

        Assert.Empty(_release.Check(Node18, built: true, Command));
    }

    [Fact]
    public void An_ES_module_that_imports_a_CommonJS_file_that_requires_it_is_followed()
    {
        _release.With("package.json", """{ "type": "module" }""").With("dist/server.js", "import app from './app.cjs';\n").With("dist/app.cjs", "require('node-fetch');\n");

        Assert.Equal("dist/app.cjs", Assert.Single(_release.Check(Node18, built: true, Command)).Where.File);
    }

    [Fact]
    public void A_workspace_finds_the_packages_of_its_root()
    {
        _release.With("services/api/server.js", "require('node-fetch');\n");

        Assert.Equal("services/api/server.js", Assert.Single(_release.Check(Node18, built: true, "directory: services/api", "command: [ node, server.js ]")).Where.File);
    }

    [Fact]
    public void Files_that_require_each_other_come_to_an_end()
    {
        _release.With("dist/server.js", "require('./app');").With("dist/app.js", "require('./server');");

        Assert.Empty(_release.Check(Node18, built: true, Command));
    }
}
