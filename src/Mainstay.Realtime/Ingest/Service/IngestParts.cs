using System.Collections.Immutable;
using Mainstay.Realtime.Adapters.Kafka;
using Mainstay.Realtime.Adapters.Redis;
using Mainstay.Realtime.Auth;
using Mainstay.Spec.Shipped;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>The settings of an ingest service that are read in places of their own, with all that is wrong with them.</summary>
internal sealed class IngestParts
{
    /// <param name="complete">With the schema's defaults.</param>
    public IngestParts(ImmutableSortedDictionary<string, string> complete)
    {
        var faults = new List<SettingFault>();
        Adapter = complete["PUBSUB_ADAPTER"] switch
        {
            "redis_streams" => AdapterKind.RedisStreams,
            "kafka" => AdapterKind.Kafka,
            "in_memory" => AdapterKind.InMemory,
            _ => AdapterKind.Log,
        };
        if (Adapter is AdapterKind.RedisStreams && complete.GetValueOrDefault("REDIS_URL") is { Length: > 0 } url)
        {
            if (RedisOptions.TryParse(url, out var redis, out var fault))
            {
                Redis = redis;
            }
            else
            {
                faults.Add(new("REDIS_URL", $"cannot be used: {fault}", "write it as redis://HOST:PORT, with rediss for TLS, and USER:PASSWORD@ before the host to log in"));
            }
        }

        Kafka = Adapter is AdapterKind.Kafka ? KafkaOptions.Read(complete) : null;
        faults.AddRange(Kafka?.Problems ?? []);
        if (Adapter is AdapterKind.InMemory && !(bool.TryParse(complete["ALLOW_LOSS"], out var mayLose) && mayLose))
        {
            faults.Add(new("PUBSUB_ADAPTER", "is in_memory, which keeps nothing across a restart", "take log, which needs no server, or say ALLOW_LOSS=true"));
        }

        var auth = AuthPolicyReader.Read(complete, IngestOptions.Route);
        (Telephony, var ofTelephony) = TelephonyOptions.Read(complete);
        faults.AddRange(auth.Problems.Concat(ofTelephony).Select(p => new SettingFault(p.Variable, p.What, p.Fix)).Distinct());
        (Auth, Faults) = (auth.Policy, faults);
    }

    public IReadOnlyList<SettingFault> Faults { get; }

    public AdapterKind Adapter { get; }

    public RedisOptions? Redis { get; }

    public KafkaOptions? Kafka { get; }

    public AuthPolicy? Auth { get; }

    public TelephonyOptions Telephony { get; }
}
