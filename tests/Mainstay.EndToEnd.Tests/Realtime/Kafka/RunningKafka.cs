using System.Globalization;
using System.Runtime.InteropServices;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime.Kafka;

/// <summary>A broker that speaks Kafka's protocol on TCP: the one that librdkafka has for its own tests, in this process. Topics are made when they are asked for. It keeps 5 MB of a partition.</summary>
public sealed class RunningKafka : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly nint _client;
    private readonly nint _cluster;

    private RunningKafka(nint client, nint cluster)
    {
        (_client, _cluster) = (client, cluster);
        Brokers = Marshal.PtrToStringUTF8(Native.Bootstraps(cluster))!;
    }

    /// <summary>host:port.</summary>
    public string Brokers { get; }

    public static RunningKafka Start()
    {
        var settings = Native.ConfNew();
        _ = Native.ConfSet(settings, "log_level", "0", 0, 0);
        var client = Native.New(0, settings, 0, 0);
        return new(client, Native.ClusterNew(client, 1));
    }

    /// <summary>Ends all connections, and takes no new ones.</summary>
    public void Down() => Assert.Equal(0, Native.Down(_cluster, 1));

    public void Up() => Assert.Equal(0, Native.Up(_cluster, 1));

    /// <summary>Answers come so late; 0 for at once.</summary>
    public void Delay(TimeSpan late) => Assert.Equal(0, Native.Rtt(_cluster, 1, (int)late.TotalMilliseconds));

    /// <summary>The next requests to store are answered by an error of the protocol, and nothing is stored.</summary>
    public void RefuseToStore(short error, int times) => Native.PushErrors(_cluster, 0, (nuint)times, [.. Enumerable.Repeat((int)error, times)]);

    /// <summary>All records of a topic as kcat reads them, by partition, in the order of each.</summary>
    public async Task<KafkaMessage[]> ReadAsync(string topic)
    {
        // Values are any bytes, and a pipe of lines holds text only: as hexadecimal digits they are both.
        var command = $@"set -o pipefail; kcat -C -q -e -b {Brokers} -t {topic} -o beginning -f '%p\t%o\t%k\t%h\t%S\n%s' | od -An -v -tx1";
        var result = await Child.RunAsync("bash", ["-c", command], "/", [], s_deadline);
        return [.. KafkaMessage.Read(Convert.FromHexString(string.Concat(result.MustExit(0).Out.Where(char.IsAsciiHexDigit))))];
    }

    public void Dispose()
    {
        Native.ClusterDestroy(_cluster);
        Native.Destroy(_client);
    }

#pragma warning disable SYSLIB1054, CA5392, CA2101 // Source-generated imports need unsafe code, which tests have none of.
    private static class Native
    {
        private const string Library = "librdkafka.so.1";

        [DllImport(Library, EntryPoint = "rd_kafka_conf_new")]
        public static extern nint ConfNew();

        [DllImport(Library, EntryPoint = "rd_kafka_conf_set")]
        public static extern int ConfSet(nint conf, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, nint error, nuint size);

        [DllImport(Library, EntryPoint = "rd_kafka_new")]
        public static extern nint New(int type, nint conf, nint error, nuint size);

        [DllImport(Library, EntryPoint = "rd_kafka_destroy")]
        public static extern void Destroy(nint client);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
        public static extern nint ClusterNew(nint client, int brokers);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
        public static extern void ClusterDestroy(nint cluster);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
        public static extern nint Bootstraps(nint cluster);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
        public static extern int Down(nint cluster, int broker);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
        public static extern int Up(nint cluster, int broker);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
        public static extern int Rtt(nint cluster, int broker, int ms);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
        public static extern void PushErrors(nint cluster, short api, nuint count, int[] errors);
    }
#pragma warning restore SYSLIB1054, CA5392, CA2101
}
