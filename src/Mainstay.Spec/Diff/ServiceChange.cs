using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Diff;

public enum ChangeKind
{
    /// <summary>Nothing differs but places in the file.</summary>
    Unchanged,

    Added,

    Removed,

    /// <summary>What the process is made of differs: it takes a reload. Count and policy may differ too.</summary>
    Process,

    /// <summary>Only the number of instances differs, and perhaps policy.</summary>
    Count,

    /// <summary>Only what Mainstay applies to a running process differs.</summary>
    Policy,
}

/// <summary>What a new manifest means for one service.</summary>
/// <param name="Keys">The keys that differ, as the manifest names them, e.g. <c>environment.LOG_LEVEL</c>; never their values.</param>
/// <param name="Because">One sentence.</param>
public sealed record ServiceChange(ServiceName Service, ChangeKind Kind, ImmutableArray<string> Keys, string Because);
