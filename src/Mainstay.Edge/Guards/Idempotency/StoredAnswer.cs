using System.Collections.Immutable;

namespace Mainstay.Edge.Guards.Idempotency;

/// <summary>An answer of a service, to be given again.</summary>
/// <param name="Fields">Names and values, those with several values several times.</param>
internal sealed record StoredAnswer(int Status, ImmutableArray<KeyValuePair<string, string>> Fields, byte[] Body);

/// <summary>What is known of a key when a request comes with it.</summary>
internal enum OnceState
{
    /// <summary>Nothing: it is this request's now.</summary>
    New,

    /// <summary>It was used for something else.</summary>
    Reused,

    /// <summary>It has an answer.</summary>
    Answered,

    /// <summary>It was answered, with too much to keep.</summary>
    NotKept,

    /// <summary>Another worker is at it.</summary>
    Running,

    /// <summary>It may have been done.</summary>
    Unknown,
}

/// <param name="Answer">Of <see cref="OnceState.Answered"/>.</param>
internal sealed record OnceFound(OnceState State, StoredAnswer? Answer = null);
