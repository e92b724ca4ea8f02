using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing;

/// <summary>What is read: the text and where it came from, and the variables that <c>${NAME}</c> may name.</summary>
/// <param name="File">The path as the user named it; stands in every problem.</param>
/// <param name="Directory">Absolute folder against which relative paths are resolved.</param>
public sealed record ManifestSource(string File, string Directory, string Text, IReadOnlyDictionary<string, string> Variables);

/// <summary><paramref name="Stack"/> is null exactly when a problem of severity error was found.</summary>
public sealed record ManifestResult(StackSpec? Stack, ImmutableArray<Problem> Problems);
