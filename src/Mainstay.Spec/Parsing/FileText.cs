namespace Mainstay.Spec.Parsing;

/// <summary>What came of reading a file that the manifest names. Exactly one of text and fault is set. <paramref name="Fault"/> continues "the file ...": "does not exist".</summary>
public readonly record struct FileText(string? Text, string? Fault, bool Missing = false)
{
    public static FileText NotThere { get; } = new(null, "does not exist", Missing: true);
}
