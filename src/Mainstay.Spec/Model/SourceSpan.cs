namespace Mainstay.Spec.Model;

/// <summary>Where in the manifest something was said. Line and column count from 1; <paramref name="Path"/> is the key path, e.g. <c>services.api.depends_on[0]</c>.</summary>
public readonly record struct SourceSpan(int Line, int Column, string Path)
{
    public static SourceSpan None { get; } = new(0, 0, "");
}
