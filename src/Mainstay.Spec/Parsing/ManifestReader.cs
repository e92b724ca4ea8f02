using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;
using Mainstay.Spec.Validation;

namespace Mainstay.Spec.Parsing;

/// <summary>What is read: the text and where it came from, and the variables that <c>${NAME}</c> may name.</summary>
/// <param name="File">The path as the user named it; stands in every problem.</param>
/// <param name="Directory">Absolute folder against which relative paths are resolved.</param>
public sealed record ManifestSource(string File, string Directory, string Text, IReadOnlyDictionary<string, string> Variables);

/// <summary><paramref name="Stack"/> is null exactly when a problem of severity error was found.</summary>
public sealed record ManifestResult(StackSpec? Stack, ImmutableArray<Problem> Problems)
{
    /// <summary>The same stack, or as much of it as could be read; null when that is nothing, or too much is wrong to know.</summary>
    public ReadableManifest? Readable { get; init; }

    /// <summary>The names of all variables that <c>${NAME}</c> named, set or not; who hands the manifest on hands on these.</summary>
    public ImmutableSortedSet<string> VariablesNamed { get; init; } = [];
}

/// <summary>From the manifest's text to a validated stack, or to all of its problems.</summary>
public static class ManifestReader
{
    internal static StackShape Shape { get; } = new();

    /// <summary>Reads without touching the disk, and never throws for what the text holds.</summary>
    /// <param name="readFile">Gives the text of an absolute path that the manifest names (<c>env_schema</c>), or why it cannot be read. Without it no file can.</param>
    public static ManifestResult Read(ManifestSource source, Func<string, FileText>? readFile = null)
    {
        var expansion = new Expansion(source.Variables);
        var problems = new ProblemList();
        var context = new ReadContext(source.File, source.Directory, expansion, problems, readFile ?? (_ => FileText.NotThere));
        var readable = Readable(source, context);
        return new ManifestResult(problems.HasErrors ? null : readable?.Stack, problems.InOrder(source.File))
        {
            Readable = problems.IsFull ? null : readable,
            VariablesNamed = expansion.Named,
        };
    }

    private static ReadableManifest? Readable(ManifestSource source, ReadContext context)
    {
        var root = YamlTree.Read(source.Text.TrimStart('\uFEFF'), context);
        if (root is null or ScalarNode { IsNothing: true })
        {
            if (!context.Problems.HasErrors)
            {
                context.Report(
                    ManifestCodes.NoServices,
                    SourceSpan.None,
                    "the manifest is empty",
                    "declare a stack with services; \"mainstay init\" writes a first one");
            }

            return null;
        }

        if (!Shape.TryRead(root, context, out var draft))
        {
            return null;
        }

        // What contradicts something else was read nevertheless.
        var (stack, unread) = (Completion.Of(draft, source), context.Unread);
        StackChecks.Run(stack, draft, (MapNode)root, context);
        return ReadableManifest.Of(stack, (MapNode)root, unread);
    }
}
