using System.Collections.Immutable;
using Mainstay.Spec.Problems;

namespace Mainstay.Daemon.Applying;

/// <summary>A manifest that must not be applied. An exception only so that it leaves the preparing code at once; the API turns it into an answer with all its problems.</summary>
internal sealed class ApplyRefusedException(string message, ImmutableArray<Problem> problems) : Exception(message)
{
    public ImmutableArray<Problem> Problems { get; } = problems;
}
