using Mainstay.Contracts;

namespace Mainstay.Cli.Tests.Verbs;

public sealed class InitTests : CommandTest
{
    [Theory]
    [InlineData("package.json", """{"name":"@acme/Shop API","scripts":{"start":"node server.js --fast"}}""", "shop-api", "command: [ node, server.js, \"--fast\" ]")]
    [InlineData("package.json", """{"scripts":{"start":"NODE_ENV=production node ."}}""", "work", "command: [ npm, run, start ]")]
    [InlineData("server.js", "", "work", "command: [ node, server.js ]")]
    [InlineData("Shop.Api.csproj", "<Project/>", "shop-api", "command: [ dotnet, out/Shop.Api.dll ]")]
    [InlineData("manage.py", "", "work", "command: [ python3, manage.py, runserver, \"--noreload\", \"127.0.0.1:8000\" ]")]
    [InlineData("app.py", "", "work", "command: [ python3, app.py ]")]
    [InlineData("README", "", "work", "command: [ ./start ]")]
    public async Task A_first_manifest_fits_what_lies_there_and_passes_the_reader(string file, string text, string name, string command)
    {
        Write(file, text);

        var result = await RunAsync("init");

        Assert.Equal(0, result.Code);
        var manifest = await File.ReadAllTextAsync(Path.Combine(Folder, "mainstay.yaml"), TestContext.Current.CancellationToken);
        Assert.Contains(command, manifest, StringComparison.Ordinal);
        var read = Spec.Parsing.ManifestReader.Read(new("mainstay.yaml", Folder, manifest, Environment));
        Assert.Empty(read.Problems);
        Assert.Equal(name, read.Stack!.Name.Value);
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten()
    {
        Write("mainstay.yaml", "mine");

        var result = await RunAsync("init");

        Assert.Equal(ExitCode.Failed, result.Exit);
        Assert.Contains("is there already; init never overwrites it", result.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Folder, "mainstay.yaml"), TestContext.Current.CancellationToken));
    }
}
