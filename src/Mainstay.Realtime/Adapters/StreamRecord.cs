using System.Collections.Immutable;

namespace Mainstay.Realtime.Adapters;

/// <summary>One record on its way to a stream of a broker.</summary>
/// <param name="Topic">The stream.</param>
/// <param name="Key">What must keep its order: the interaction.</param>
/// <param name="Fields">Names and values that go beside the body: fields of a Redis entry, headers of a Kafka message.</param>
/// <param name="BodyName">What the body is called among them, e.g. <c>audio</c>.</param>
/// <param name="Body">Bytes as they came; not touched by anybody until the append has ended.</param>
public sealed record StreamRecord(string Topic, string Key, ImmutableArray<KeyValuePair<string, string>> Fields, string BodyName, ReadOnlyMemory<byte> Body);
