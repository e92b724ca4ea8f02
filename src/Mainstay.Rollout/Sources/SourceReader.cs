using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Sources;

/// <summary>Bounds of reading sources.</summary>
/// <param name="Ask">For one question to a repository, remote ones included.</param>
/// <param name="Transfer">For fetching from a remote and for a checkout.</param>
/// <param name="Named">So many files, commits or branches are named in a finding; the rest is counted.</param>
/// <param name="Files">So many changed files are named in a plan.</param>
public sealed record SourceLimits(TimeSpan Ask, TimeSpan Transfer, int Named, int Commits, int Files, TreeLimits Tree)
{
    public static SourceLimits Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), 20, 100, 200, TreeLimits.Default);
}

/// <summary>Every kind of source behind one door.</summary>
/// <param name="mirrors">Where bare mirrors of remote repositories are kept; made when needed.</param>
public sealed class SourceReader(ICommands commands, string mirrors, SourceLimits limits) : ISourceReader
{
    private readonly GitSource _git = new(new GitCommand(commands, limits), mirrors, limits);
    private readonly DirectorySource _directory = new(limits);
    private readonly ArchiveSource _archive = new(limits);

    public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token) => Of(source).ExamineAsync(source, token);

    public Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token) =>
        Of(source).FetchAsync(source, state, directory, token);

    public Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) =>
        Of(source).CommitsAsync(source, fromId, toId, token);

    public Task<ChangedFiles> FilesAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) =>
        Of(source).FilesAsync(source, fromId, toId, token);

    private ISourceReader Of(SourceSpec source) => source switch
    {
        GitSourceSpec => _git,
        DirectorySourceSpec => _directory,
        ArchiveSourceSpec => _archive,
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.GetType().Name, "no reader for this kind of source"),
    };
}
