using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Preflight.Releases;
using Mainstay.Spec.Problems;
using static Mainstay.Preflight.Tests.Releases.TempRelease;

namespace Mainstay.Preflight.Tests.Releases;

public sealed class DotnetSdkTests : IDisposable
{
    private const string Build = "build: [ \"dotnet publish\" ]";

    private readonly TempRelease _dotnet = new TempRelease().With("dotnet").With("sdk/8.0.404/x").With("sdk/10.0.203/x");
    private readonly TempRelease _release = new();

    public void Dispose()
    {
        _dotnet.Dispose();
        _release.Dispose();
    }

    [Fact]
    public void An_SDK_that_is_not_here_is_a_warning_that_names_those_that_are()
    {
        _release.With("global.json", """{ "sdk": { "version": "9.0.100" } /* pinned */ }""");

        var problem = Assert.Single(Check(Build));
        Assert.Equal(("MS6004", "global.json asks for the .NET SDK 9.0.100 (rollForward latestPatch), but here are 8.0.404, 10.0.203"), (problem.Code, problem.What));
    }

    [Fact]
    public void A_key_that_is_there_twice_is_no_obstacle()
    {
        _release.With("global.json", """{ "sdk": {}, "sdk": { "version": "8.0.404", "version": "9.0.100" } }""");

        Assert.Equal("MS6004", Assert.Single(Check(Build)).Code);
    }

    [Theory]
    [InlineData("8.0.401", "latestPatch", true)]
    [InlineData("8.0.300", "latestPatch", false)]
    [InlineData("8.0.300", "latestFeature", true)]
    [InlineData("10.0.100", "disable", false)]
    [InlineData("10.0.203", "disable", true)]
    [InlineData("9.0.100", "latestMinor", false)]
    [InlineData("9.0.100", "latestMajor", true)]
    [InlineData("11.0.100", "latestMajor", false)]
    [InlineData("11.0.100", "whatever", true)]
    public void It_rolls_forward_as_dotnet_does(string version, string rollForward, bool suffices)
    {
        _release.With("global.json", $$"""{ "sdk": { "version": "{{version}}", "rollForward": "{{rollForward}}" } }""");

        Assert.Equal(suffices, Check(Build).Length == 0);
    }

    [Theory]
    [InlineData("""{ "sdk": { "version": "9.0.100" } }""", "build: [ make ]")]
    [InlineData("""{ "sdk": {} }""", Build)]
    [InlineData("{ not json", Build)]
    public void Without_a_build_by_dotnet_or_a_version_nothing_is_asked(string global, string build) => Assert.Empty(Check(_release.With("global.json", global), build));

    private ImmutableArray<Problem> Check(string build) => Check(_release, build);

    private ImmutableArray<Problem> Check(TempRelease release, string build) =>
        ReleaseCheck.Run(release.Root, Service(build), new LinuxHostFacts(_dotnet.Root));
}
