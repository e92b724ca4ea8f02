using System.Collections.Immutable;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>Gathers problems up to a limit and gives them in the order of the file.</summary>
internal sealed class ProblemList
{
    /// <summary>Nobody reads more, and a hostile file could have one per byte.</summary>
    public const int Limit = 200;

    private readonly List<Problem> _found = [];
    private string? _moreIn;

    public bool HasErrors => _found.Exists(p => p.Severity is Severity.Error);

    public int Count => _found.Count;

    /// <summary>From here on it is not known what else is wrong.</summary>
    public bool IsFull => _found.Count >= Limit;

    /// <summary>Asked before the work of describing a further problem: true when it would not be shown, and remembers that there is one.</summary>
    public bool IsFullFor(string file)
    {
        if (_found.Count < Limit)
        {
            return false;
        }

        _moreIn ??= file;
        return true;
    }

    public void Add(Problem problem)
    {
        if (!IsFullFor(problem.Where.File))
        {
            _found.Add(problem);
        }
    }

    /// <param name="file">The file whose problems come first, before those of files that it names.</param>
    public ImmutableArray<Problem> InOrder(string file)
    {
        IEnumerable<Problem> ordered = _found
            .OrderBy(p => p.Where.File != file)
            .ThenBy(p => p.Where.File, StringComparer.Ordinal)
            .ThenBy(p => p.Where.Line == 0)
            .ThenBy(p => p.Where.Line)
            .ThenBy(p => p.Where.Column);
        if (_moreIn is { } more)
        {
            var notice = ManifestCodes.TooManyProblems.Error(
                new Where(more, 0, 0, ""),
                $"there are more than {Limit} problems; the rest are not shown",
                "repair these first, then check again");
            ordered = ordered.Append(notice);
        }

        return [.. ordered];
    }
}
