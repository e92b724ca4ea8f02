using Mainstay.EndToEnd.Tests.Support;

// The machine is the tests' shared resource: a few at a time, and those that count lost requests or milliseconds one at a time.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Mainstay.EndToEnd.Tests.Support;

/// <summary>Tests that must have the machine to themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
