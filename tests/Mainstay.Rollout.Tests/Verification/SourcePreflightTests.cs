using System.Collections.Immutable;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Tests.Verification;

/// <summary>The source is looked through while a rollout is planned, from a folder that is gone afterwards.</summary>
public sealed class SourcePreflightTests : IDisposable
{
    private static readonly Problem s_key = ReleaseCodes.PrivateKeyInSource.Error(new Where("k.pem", 1, 1, ""), "a key", "remove it");

    private readonly Sandbox _box = new();
    private readonly FakeCheck _check = new();

    public void Dispose() => _box.Dispose();

    private string Folder => _box["releases/.preflight"];

    [Fact]
    public async Task Every_finding_is_told_and_nothing_is_left()
    {
        _box.Write("releases/.preflight/k.pem", "of a daemon that died");
        Assert.Equal([s_key], await FindAsync(new FakeSource(), [Part("api", "git:1")]));
        Assert.Equal([("api", "server.js", false)], _check.Seen);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Services_of_one_source_share_it_and_a_finding_is_told_once()
    {
        var source = new FakeSource();
        Assert.Equal([s_key], await FindAsync(source, [Part("api", "git:1"), Part("web", "git:1")]));
        Assert.Equal(1, source.Fetched);
        Assert.Equal(["api", "web"], _check.Seen.Select(s => s.Service));
    }

    [Fact]
    public async Task What_is_made_already_is_not_fetched()
    {
        var source = new FakeSource();
        Assert.Empty(await FindAsync(source, [Part("api", "git:1") with { IsMade = true }, Part("db", null)]));
        Assert.Equal(0, source.Fetched);
    }

    [Fact]
    public async Task A_source_that_cannot_be_fetched_is_refused()
    {
        var problem = Assert.Single(await FindAsync(new FakeSource(fails: "the network is gone"), [Part("api", "git:1")]));
        Assert.Equal(("MS7002", "service \"api\": the network is gone", "mainstay.yaml"), (problem.Code, problem.What, problem.Where.File));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task A_source_beyond_the_limits_is_refused()
    {
        Assert.Equal("MS7002", Assert.Single(await FindAsync(new FakeSource(), [Part("api", "git:1")], new TreeLimits(MaxFiles: 0))).Code);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task A_disk_without_room_is_not_filled()
    {
        var source = new FakeSource();
        var full = RolloutCodes.NoSpace.Error(new Where("/", 0, 0, ""), "full", "free some");
        Assert.Empty(await FindAsync(source, [Part("api", "git:1")], found: full));
        Assert.Equal(0, source.Fetched);
    }

    private async Task<ImmutableArray<Problem>> FindAsync(FakeSource source, RolloutPart[] parts, TreeLimits? limits = null, params Problem[] found)
    {
        var preflight = new SourcePreflight(source, _check, _box["releases"], limits ?? TreeLimits.Default, TimeProvider.System);
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [], [], []);
        return await preflight.FindAsync(
            new(null, [], stack, [.. parts.Select(p => p.To)], [], false, false, false, "", []), parts, found, _ => { }, TestContext.Current.CancellationToken);
    }

    private static RolloutPart Part(string name, string? id) => new(
        null,
        new(
            new ServiceSpec(
                new(name), new(["node", "server.js"], false, SourceSpan.None), ".", 1, new(PortKind.None), ImmutableSortedDictionary<string, string>.Empty, [], null, [], null, RestartSpec.Default, ResourcesSpec.None, StopSpec.Default, null, LogsSpec.Default,
                RolloutSpec.None with { Source = new GitSourceSpec("/srv/shop", "main", SourceSpan.None) }, SourceSpan.None),
            ImmutableSortedDictionary<string, string>.Empty, "rev", "r2"),
        id, id, IsMade: id is null);

    private sealed class FakeCheck : IReleaseCheck
    {
        public List<(string Service, string File, bool Built)> Seen { get; } = [];

        public Task<ImmutableArray<Problem>> CheckAsync(string root, AppliedService service, bool built, CancellationToken token)
        {
            Seen.Add((service.Spec.Name.Value, string.Join(' ', Directory.GetFiles(root).Select(Path.GetFileName)), built));
            return Task.FromResult<ImmutableArray<Problem>>([s_key]);
        }
    }

    private sealed class FakeSource(string? fails = null) : ISourceReader
    {
        public int Fetched { get; private set; }

        public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token) => throw new NotSupportedException();

        public Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token)
        {
            Fetched++;
            File.WriteAllText(Path.Combine(directory, "server.js"), "new");
            return Task.FromResult(fails is null ? WorkOutcome.Done("here") : WorkOutcome.Failed(fails));
        }

        public Task<ImmutableArray<Mainstay.Contracts.Rollouts.CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) => throw new NotSupportedException();
    }
}
