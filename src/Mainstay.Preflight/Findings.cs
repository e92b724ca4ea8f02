using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight;

/// <summary>The problems of one run, and how a place in the manifest becomes the place of a problem.</summary>
internal sealed class Findings(ReadableManifest manifest)
{
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();

    public void Add(Problem problem) => _problems.Add(problem);

    public void AddRange(IEnumerable<Problem> problems) => _problems.AddRange(problems);

    public void Error(ProblemCode code, Where where, string what, string fix) => Add(code.Error(where, what, fix));

    public void Warn(ProblemCode code, Where where, string what, string fix) => Add(code.Warning(where, what, fix));

    public Where At(SourceSpan span) => new(manifest.Stack.File, span.Line, span.Column, span.Path);

    /// <summary>A key below a place: where its value stands, or the place itself when it was not written.</summary>
    public Where At(SourceSpan span, string key)
    {
        var path = $"{span.Path}.{key}";
        return At((manifest.PlaceOf(path) ?? span) with { Path = path });
    }

    public ImmutableArray<Problem> ToImmutable() => [.. _problems.Distinct()];
}

/// <summary>One service on its way through the checks.</summary>
/// <param name="User">As whom it runs; Mainstay's own user when its own was not found.</param>
internal sealed record ServiceCase(ReadableManifest Manifest, ServiceSpec Service, HostUser User, IHostFacts Host)
{
    public StackSpec Stack => Manifest.Stack;

    /// <summary>Whether this key of the service says what was written; of one that could not be read nothing is known.</summary>
    public bool IsRead(string key) => Manifest.IsRead($"services.{Service.Name}.{key}");

    /// <summary>Whether its directory is there to be looked at. With a source it comes with a release, and is relative until one is chosen.</summary>
    public bool HasItsFiles => Path.IsPathRooted(Service.Directory) && IsRead("directory") && IsRead("source");

    /// <summary>Variables whose values under <c>environment</c> could not be read; null when none of it could.</summary>
    public ImmutableHashSet<string>? UnreadVariables => Manifest.UnreadKeys($"services.{Service.Name}.environment");

    public string Subject => $"service \"{Service.Name}\"";
}

/// <summary>Paths as the user would write them.</summary>
internal static class ShownPath
{
    /// <summary>Beside the manifest, as it was named, when the path is below its folder; else the absolute path.</summary>
    public static string Of(StackSpec stack, string path)
    {
        var relative = Path.GetRelativePath(stack.Directory, path);
        return relative is "." || relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? path
            : Path.Combine(Path.GetDirectoryName(stack.File) ?? "", relative);
    }
}
