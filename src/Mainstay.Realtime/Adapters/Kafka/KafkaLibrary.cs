using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>The native half of Kafka's client, as the distribution has it. Nothing of it is loaded before somebody asks for Kafka.</summary>
internal static class KafkaLibrary
{
    private const string Name = "librdkafka.so.1";

    private static readonly Lazy<string> s_problem = new(Load);

    /// <summary>Why Kafka cannot be spoken to on this machine, with its fix; empty when it can.</summary>
    public static string Problem => s_problem.Value;

    private static string Load()
    {
        if (!NativeLibrary.TryLoad(Name, out _))
        {
            return $"PUBSUB_ADAPTER is kafka, which needs {Name}, and it is not on this machine\n  fix: apt-get install librdkafka1";
        }

        Resolve();
        return "";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.ProducerConfig).Assembly, Find);

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        // The managed half asks for names that only its own package, or a machine with compilers, has.
        _ when name.Contains("rdkafka", StringComparison.Ordinal) => NativeLibrary.Load(Name),
        "libdl" => NativeLibrary.Load("libc.so.6"),
        _ => 0,
    };
}
