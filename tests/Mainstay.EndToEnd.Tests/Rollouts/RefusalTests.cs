using System.Security.Cryptography;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>What cannot end well is not begun: exit 1, the reason with its names, and nothing was changed.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_dirty_source_is_refused_and_its_files_are_named()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        await app.Repository.CommitVersionAsync("2");
        app.Repository.Write("server.js", "// a local change that once blocked a git pull");

        await MustRefuseAsync(app, "server.js", "--allow-dirty");

        (await app.DeployAsync("--allow-dirty")).MustExit(0);
        await app.IsWholeAsync("2");
        Assert.Contains((await app.ReportAsync()).Services[0].Source!.Overrides, o => o.Contains("server.js", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unpushed_commit_is_refused()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var upstream = Path.Combine(app.Home.Root, "upstream.git");
        await app.Repository.GitAsync("init", "-q", "--bare", "-b", "main", upstream);
        await app.Repository.GitAsync("remote", "add", "origin", upstream);
        await app.Repository.GitAsync("push", "-q", "-u", "origin", "main");
        await app.Repository.CommitVersionAsync("2");

        await MustRefuseAsync(app, "origin/main does not have", "version 2", "push main");

        await app.Repository.GitAsync("push", "-q");
        (await app.DeployAsync()).MustExit(0);
    }

    [Fact]
    public async Task A_ref_that_is_not_there_is_refused()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        app.Home.Declare((await File.ReadAllTextAsync(app.Home.Manifest, TestContext.Current.CancellationToken)).Replace("ref: main", "ref: v9.9", StringComparison.Ordinal));

        await MustRefuseAsync(app, "v9.9");
    }

    [Fact]
    public async Task Losing_zero_downtime_silently_is_refused()
    {
        var own = FreePort.Take();
        await using var app = await ReleasedApp.CreateAsync();
        app.Home.Declare($"""
            stack: released
            services:
            {app.Service("web", $"port: {own}")}

            """);
        (await app.DeployAsync()).MustExit(0);
        await app.Repository.CommitVersionAsync("2");

        await MustRefuseAsync(app, $"two processes cannot own port {own}", "--allow-downtime");

        (await app.DeployAsync("--allow-downtime")).MustExit(0);
        await app.IsWholeAsync("2");
    }

    [Fact]
    public async Task A_committed_private_key_is_found_before_anything_runs()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        app.Repository.Write("deploy/id.pem", key.ExportPkcs8PrivateKeyPem());
        await app.Repository.CommitVersionAsync("2");

        await MustRefuseAsync(app, "deploy/id.pem", "private key", "MS6020");
    }

    [Theory]
    [InlineData("--dry-run")]
    [InlineData()]
    public async Task What_a_source_shows_without_a_build_is_told_before_one_runs(params string[] options)
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var mark = Path.Combine(app.Home.Root, "built");
        app.Declare($"build: [ [ touch, {mark} ] ]");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        app.Repository.Write("k.pem", key.ExportPkcs8PrivateKeyPem());
        app.Repository.Write(".env", $"PAYMENT_KEY={string.Join('_', "sk", "live", RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 32))}\n");
        app.Repository.Write("package.json", """{ "name": "released", "engines": { "node": ">=99" }, "dependencies": { "express": "5.0.0" } }""");
        await app.Repository.CommitVersionAsync("2");
        var before = (await app.Home.StatusAsync())["web"];

        (await app.DeployAsync(options)).MustExit(1).MustShow("MS6020", "k.pem", "MS6021", ".env", "MS6003", ">=99", "MS6010");

        Assert.Equal(before.Only.Pid, (await app.Home.StatusAsync())["web"].Only.Pid);
        Assert.False(File.Exists(mark));
        Assert.False(Directory.Exists(Path.Combine(app.Releases, ".preflight")));
    }

    /// <remarks>Node.js from 20.19 on requires ES modules, but neither those that export nothing for require nor those that await at their top.</remarks>
    [Theory]
    [InlineData("", """{ "import": "./index.js" }""", "export const nanoid = () => 'x';")]
    [InlineData("build: [ [ sh, -c, \"mkdir node_modules && cp -r vendor/nanoid node_modules/nanoid\" ] ]", "\"./index.js\"", "export const nanoid = await Promise.resolve(() => 'x');")]
    public async Task A_require_of_an_esm_only_package_is_found_before_it_crashes(string build, string exports, string code)
    {
        await using var app = await ReleasedApp.DeployedAsync(build.Length == 0 ? "" : "build: [ \"true\" ]");
        app.Declare(build);
        var folder = build.Length == 0 ? "node_modules/nanoid" : "vendor/nanoid";
        app.Repository.Write($"{folder}/package.json", $$"""{ "name": "nanoid", "version": "5.0.0", "type": "module", "exports": {{exports}} }""");
        app.Repository.Write($"{folder}/index.js", code);
        app.Repository.Write("package.json", """{ "name": "released", "version": "1.0.0", "dependencies": { "nanoid": "5.0.0" } }""");
        var server = await File.ReadAllTextAsync(Path.Combine(app.Repository.Path, "server.js"), TestContext.Current.CancellationToken);
        app.Repository.Write("server.js", server.Replace("'use strict';", "'use strict';\nconst { nanoid } = require('nanoid');", StringComparison.Ordinal));
        await app.Repository.CommitVersionAsync("2");

        await MustRefuseAsync(app, "nanoid", "MS6002", "server.js");
    }

    private static async Task MustRefuseAsync(ReleasedApp app, params string[] shown)
    {
        var before = (await app.Home.StatusAsync())["web"];
        (await app.DeployAsync()).MustExit(1).MustShow(shown);
        var after = (await app.Home.StatusAsync())["web"];
        Assert.Equal((before.Release, before.Only.Pid), (after.Release, after.Only.Pid));
        Assert.Equal("running", after.State);
    }
}
