using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class ResourcesShape() : Shape<ResourcesSpec>("resources")
{
    private static readonly SizeKind s_size = new(1_000_000, 1_000_000_000_000_000, "500MB");

    private static readonly Key<long> s_memory = new("memory", s_size, 0, "The most memory that the whole process tree may use.", "no limit")
    {
        AlsoKnownAs = ["mem_limit", "memory_limit", "memory_max", "MemoryMax", "max_memory_restart", "max_memory"],
    };

    private static readonly Key<long> s_memoryWarn = new("memory_warn", s_size, 0, "From here on a warning is shown.", "none")
    {
        AlsoKnownAs = ["MemoryHigh", "memory_high"],
    };

    private static readonly Key<double> s_cpus = new("cpus", new DecimalKind(0.01, 4096, "1.5"), 0, "The most processor time, in cores.", "no limit")
    {
        AlsoKnownAs = ["cpu", "CPUQuota"],
    };

    private static readonly Key<int> s_openFiles = new(
        "open_files",
        new WholeNumberKind(64, 1_073_741_816, "65535"),
        0,
        "The most open files of one process.",
        "the host's")
    {
        AlsoKnownAs = ["nofile", "ulimits", "LimitNOFILE", "max_open_files"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_memory, s_memoryWarn, s_cpus, s_openFiles];

    protected override ResourcesSpec Build(Fields fields)
    {
        var (memory, warn) = (fields.ReadOrNull(s_memory), fields.ReadOrNull(s_memoryWarn));
        if (warn >= memory)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                s_memoryWarn,
                $"memory_warn is {SizeText.Format(warn!.Value)}, but memory ends at {SizeText.Format(memory!.Value)}",
                "let memory_warn be smaller than memory");
        }

        return new ResourcesSpec(memory, warn, fields.ReadOrNull(s_cpus), fields.ReadOrNull(s_openFiles));
    }
}
