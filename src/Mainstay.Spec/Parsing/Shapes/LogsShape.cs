using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class LogsShape() : Shape<LogsSpec>("logs")
{
    private static readonly Key<long> s_maxSize = new(
        "max_size",
        new SizeKind(10_000, 1_000_000_000_000, "50MB"),
        LogsSpec.Default.MaxSize,
        "From this size on a log file is put aside and a new one begun.")
    {
        AlsoKnownAs = ["max-size", "size"],
    };

    private static readonly Key<int> s_maxFiles = new(
        "max_files",
        new WholeNumberKind(1, 1000, "10"),
        LogsSpec.Default.MaxFiles,
        "How many files are kept, the live one included.")
    {
        AlsoKnownAs = ["max-file", "files", "retain"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_maxSize, s_maxFiles];

    protected override LogsSpec Build(Fields fields) => new(fields.Read(s_maxSize), fields.Read(s_maxFiles));
}
