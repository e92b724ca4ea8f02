using System.Collections.Immutable;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>Gathers problems up to a limit and gives them in the order of the file.</summary>
internal sealed class ProblemList
{
    /// <summary>Nobody reads more, and a hostile file could have one per byte.</summary>
    public const int Limit = 200;

    private readonly List<Problem> _found = [];
    private Where? _firstNotShown;

    public bool HasErrors => _found.Exists(p => p.Severity is Severity.Error);

    public int Count => _found.Count;

    public bool IsFull => _found.Count >= Limit;

    public void Add(Problem problem)
    {
        if (IsFull)
        {
            _firstNotShown ??= problem.Where;
            return;
        }

        _found.Add(problem);
    }

    public ImmutableArray<Problem> InOrder()
    {
        IEnumerable<Problem> ordered = _found.OrderBy(p => p.Where.Line == 0).ThenBy(p => p.Where.Line).ThenBy(p => p.Where.Column);
        if (_firstNotShown is { } where)
        {
            var more = ManifestCodes.TooManyProblems.Error(
                where with { Line = 0, Column = 0, Path = "" },
                $"there are more than {Limit} problems; the rest are not shown",
                "repair these first, then check again");
            ordered = ordered.Append(more);
        }

        return [.. ordered];
    }
}
