namespace Mainstay.Spec.Problems;

/// <summary>A kind of problem: its <paramref name="Id"/> never changes its meaning and is never used again.</summary>
/// <param name="Title">What is wrong, for any problem of this kind; one sentence without a full stop.</param>
public sealed record ProblemCode(string Id, string Title)
{
    public Problem Error(Where where, string what, string fix) => new(Id, Severity.Error, where, what, fix);

    public Problem Warning(Where where, string what, string fix) => new(Id, Severity.Warning, where, what, fix);

    public override string ToString() => Id;
}
