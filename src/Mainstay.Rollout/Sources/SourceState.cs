using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Sources;

/// <summary>What a source holds at this moment.</summary>
/// <param name="Id"><c>git:</c> and the commit, or <c>sha256:</c> and a hash of the content; empty when it could not be found out, and then a finding says why.</param>
/// <param name="Commit">For MAINSTAY_COMMIT: the full commit, or the hash without its prefix.</param>
/// <param name="Label">For people, e.g. <c>git 1a2b3c4 main</c>.</param>
public sealed record SourceState(string Id, string Commit, string Label, ImmutableArray<SourceFinding> Findings)
{
    public bool IsKnown => Id.Length > 0;

    public static SourceState Unknown(string label, SourceFinding why) => new("", "", label, [why]);

    /// <summary>What forbids to deploy it. With <paramref name="allowDirty"/>, findings that the user may let pass do not.</summary>
    public IEnumerable<SourceFinding> Refusals(bool allowDirty) =>
        Findings.Where(f => f.Severity is Severity.Error && !(allowDirty && f.MayPass));

    /// <summary>What the user let pass, for the record.</summary>
    public IEnumerable<string> Overrides(bool allowDirty) =>
        allowDirty ? Findings.Where(f => f.Severity is Severity.Error && f.MayPass).Select(f => f.What) : [];
}

/// <summary>Something about a source that a user should know before it is deployed.</summary>
/// <param name="MayPass">An error that <c>--allow-dirty</c> lets pass: then what is committed is deployed.</param>
/// <param name="Details">One line each, e.g. the files; already bounded.</param>
public sealed record SourceFinding(Severity Severity, bool MayPass, string What, string Fix, ImmutableArray<string> Details)
{
    public static SourceFinding Error(string what, string fix, params ImmutableArray<string> details) => new(Severity.Error, false, what, fix, details);

    public static SourceFinding Refusal(string what, string fix, params ImmutableArray<string> details) => new(Severity.Error, true, what, fix, details);

    public static SourceFinding Warning(string what, string fix, params ImmutableArray<string> details) => new(Severity.Warning, false, what, fix, details);
}

/// <summary>Files that differ between two commits.</summary>
/// <param name="Named">Each with its git status letter; already bounded.</param>
/// <param name="LeftOut">How many more there are.</param>
public sealed record ChangedFiles(ImmutableArray<string> Named, int LeftOut)
{
    public static ChangedFiles None { get; } = new([], 0);
}

/// <summary>Reads sources: what they hold, their files, their history. Never changes them and never runs what they bring along.</summary>
public interface ISourceReader
{
    Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token);

    /// <summary>Puts exactly what <paramref name="state"/> names into <paramref name="directory"/>, which exists and is empty. After a failure it may hold a part.</summary>
    Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token);

    /// <summary>What was committed between the two, newest first, at most 100. Empty for sources without a history, or when the old commit is not known any more.</summary>
    Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token);

    /// <summary>What differs between the two before anything is fetched; for the plan. None for sources without a history.</summary>
    Task<ChangedFiles> FilesAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) => Task.FromResult(ChangedFiles.None);
}
