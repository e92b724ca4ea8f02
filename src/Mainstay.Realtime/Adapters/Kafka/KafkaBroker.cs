using Confluent.Kafka;

namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>Kafka, by librdkafka. Each session is a producer of its own, so that nothing of one can come behind what the next one sends.</summary>
public sealed class KafkaBroker(KafkaOptions options, TimeProvider time) : IBroker
{
    /// <summary>For names, TCP, TLS, login and the question for the topics.</summary>
    public static TimeSpan ConnectLimit { get; } = TimeSpan.FromSeconds(1);

    public string Name => "kafka";

    public async Task<IBrokerSession> ConnectAsync(CancellationToken token)
    {
        if (KafkaLibrary.Problem is { Length: > 0 } problem)
        {
            throw new BrokerDownException(problem);
        }

        // The client's calls hold a thread up, for the time that they are given.
        var session = await Task.Run(() => KafkaSession.Start(Settings(), options, time), token);
        var because = "";
        try
        {
            because = await session.AskAsync(ConnectLimit);
            if (because.Length == 0 && !token.IsCancellationRequested)
            {
                return session;
            }
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        await session.DisposeAsync();
        token.ThrowIfCancellationRequested();
        throw new BrokerDownException($"{options} cannot be reached: {because}");
    }

    /// <summary>Nothing is held here: each session ends by itself or by whoever has it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ProducerConfig Settings() => new()
    {
        BootstrapServers = options.Brokers,
        ClientId = "mainstay",
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 5,

        // A record is never given up by the client: we do that, when the session ends, and send it again from where it is kept.
        MessageTimeoutMs = 0,
        QueueBufferingMaxMessages = 100_000,
        CompressionType = CompressionType.None,

        // As Kafka's own client for Java spreads keys, so that both put one key into one partition.
        Partitioner = Partitioner.Murmur2Random,
        DeliveryReportFields = "none",
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 500,
        SocketKeepaliveEnable = true,
        SocketNagleDisable = true,
        SecurityProtocol = (options.User, options.Tls) switch
        {
            (null, false) => SecurityProtocol.Plaintext,
            (null, true) => SecurityProtocol.Ssl,
            (_, false) => SecurityProtocol.SaslPlaintext,
            (_, true) => SecurityProtocol.SaslSsl,
        },
        SaslMechanism = options.User is null ? null : options.Mechanism switch
        {
            "PLAIN" => SaslMechanism.Plain,
            "SCRAM-SHA-256" => SaslMechanism.ScramSha256,
            _ => SaslMechanism.ScramSha512,
        },
        SaslUsername = options.User,
        SaslPassword = options.User is null ? null : options.Password ?? "",
        SslCaLocation = options.Tls ? options.Authorities : null,
    };
}
