using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS6xxx: what can be seen in a release's files before anything of it runs. 600x how it is run, 601x how it is built, 602x secrets, 603x the looking itself.</summary>
public static class ReleaseCodes
{
    public static ProblemCode EntryMissing { get; } = new("MS6001", "The file that a service's command runs is not in the release");

    public static ProblemCode RequiresEsModule { get; } = new("MS6002", "A CommonJS file requires a package that is an ES module only");

    public static ProblemCode OtherNodeWanted { get; } = new("MS6003", "The release asks for another version of Node.js");

    public static ProblemCode OtherSdkWanted { get; } = new("MS6004", "The release asks for another version of the .NET SDK");

    public static ProblemCode CodeOutside { get; } = new("MS6005", "The command of a service with a source runs a file that is in none of its releases");

    public static ProblemCode LockFileMissing { get; } = new("MS6010", "Dependencies are declared, but no lock file says which versions");

    public static ProblemCode LockFileNotHonoured { get; } = new("MS6011", "The build may install other versions than the lock file says");

    public static ProblemCode PrivateKeyInSource { get; } = new("MS6020", "A private key lies in the source");

    public static ProblemCode TokenInSource { get; } = new("MS6021", "A live token lies in the source");

    public static ProblemCode SecretsInSource { get; } = new("MS6022", "An environment file with secrets lies in the source");

    public static ProblemCode NotAllLookedAt { get; } = new("MS6030", "A release is larger than the checks look at");

    public static ImmutableArray<ProblemCode> All { get; } =
    [
        EntryMissing, RequiresEsModule, OtherNodeWanted, OtherSdkWanted, CodeOutside, LockFileMissing, LockFileNotHonoured, PrivateKeyInSource, TokenInSource, SecretsInSource, NotAllLookedAt,
    ];
}
