using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>What a schema's rules need to know beside the environment itself.</summary>
/// <param name="SchemaFile">The file in which the rules stand, as the user would name it: the manifest, when they stand inline.</param>
/// <param name="Directory">Relative paths in variables of type <c>file</c> begin here. Absolute, or within the release when none is chosen yet.</param>
/// <param name="SetAt">Where each variable was set; problems of a value point there, those of an absent one at its rule.</param>
/// <param name="Provided">Variables that Mainstay itself will set and whose values are not known yet, such as PORT: present, and not checked.</param>
/// <param name="LookAt">What is at an absolute path, as the service's user sees it.</param>
public sealed record EnvSchemaContext(
    ServiceName Service,
    string SchemaFile,
    string Directory,
    IReadOnlyDictionary<string, Where> SetAt,
    ImmutableHashSet<string> Provided,
    Func<string, EnvFileFacts> LookAt)
{
    /// <summary>Variables in the environment that Mainstay put there, such as PORT of a fixed port: checked like any other, but their names are nobody's slip.</summary>
    public ImmutableHashSet<string> NamedByUs { get; init; } = [];
}

public enum EnvFileState
{
    Missing,
    Folder,
    NotReadable,
    Readable,
}

/// <summary>A file that a variable names. <paramref name="Pem"/> is its text when it is short and looks like PEM, so that a key can be compared with its certificate.</summary>
public readonly record struct EnvFileFacts(EnvFileState State, long Length = 0, string? Pem = null);
