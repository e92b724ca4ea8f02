using Mainstay.Realtime.Ingest.Service;

namespace Mainstay.Realtime.Tests.Ingest.Service;

/// <summary>Settings that are wrong are told with what would be right.</summary>
public sealed class IngestOptionsTests
{
    [Fact]
    public void A_value_that_is_no_number_names_the_range()
    {
        Assert.Contains("from 1 to 1000", Problems(("ACK_INTERVAL", "abc")), StringComparison.Ordinal);
        Assert.Contains("from 100 to 30000", Problems(("BUFFER_DURATION_MS", "3 s")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "KAFKA_BROKERS")]
    [InlineData("kafka-1:9092,", "KAFKA_BROKERS")]
    [InlineData("kafka 1:9092", "KAFKA_BROKERS")]
    [InlineData("kafka-1:9092, 10.0.0.1,[::1]:9093", "")]
    public void Kafka_needs_brokers(string brokers, string told) => Told(told, Problems(("PUBSUB_ADAPTER", "kafka"), ("KAFKA_BROKERS", brokers)));

    [Fact]
    public void A_topic_that_kafka_does_not_permit_is_told_before_anything_is_sent() =>
        Told("STREAM_TOPIC has a colon", Problems(("PUBSUB_ADAPTER", "kafka"), ("KAFKA_BROKERS", "k"), ("STREAM_TOPIC", "audio:stream")));

    [Fact]
    public void A_user_of_kafka_needs_a_password() => Told("KAFKA_PASSWORD", Problems(("PUBSUB_ADAPTER", "kafka"), ("KAFKA_BROKERS", "k"), ("KAFKA_USERNAME", "mainstay")));

    [Fact]
    public void Topics_without_a_name_in_them_must_be_there_before_kafka_is_used()
    {
        var (options, _) = Read(("PUBSUB_ADAPTER", "kafka"), ("KAFKA_BROKERS", "k"), ("STREAM_TOPIC", "audio.{tenant_id}"), ("KAFKA_TLS", "yes"));

        Assert.Equal(["audio_events"], options!.Kafka!.Topics);
        Assert.True(options.Kafka.Tls);
    }

    private static void Told(string told, string problems)
    {
        if (told.Length == 0)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.Contains(told, problems, StringComparison.Ordinal);
        }
    }

    private static string Problems(params (string Name, string Value)[] settings) => string.Join('\n', Read(settings).Problems);

    private static (IngestOptions? Options, System.Collections.Immutable.ImmutableArray<string> Problems) Read(params (string Name, string Value)[] settings) =>
        IngestOptions.Read(settings.Append(("PORT", "1")).Append(("INGEST_AUTH", "none")).ToDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal));
}
