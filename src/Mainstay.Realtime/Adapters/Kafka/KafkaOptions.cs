using System.Collections.Immutable;
using Mainstay.Spec.Shipped;

namespace Mainstay.Realtime.Adapters.Kafka;

/// <summary>Where a Kafka cluster is and how it is spoken to. Its text form has no password.</summary>
/// <param name="Brokers">host:port, separated by commas: those that are asked first, the others are heard of from them.</param>
/// <param name="User">For SASL; null for none.</param>
/// <param name="Mechanism">PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.</param>
/// <param name="Tls">Whether connections are encrypted and the brokers' certificates verified.</param>
/// <param name="Authorities">A PEM file that is trusted in place of the system's authorities; null for those.</param>
public sealed record KafkaOptions(string Brokers, string? User = null, string? Password = null, string Mechanism = "SCRAM-SHA-512", bool Tls = false, string? Authorities = null)
{
    /// <summary>Topics that must be there before a session begins: a record for one that is missing would wait for ever.</summary>
    public ImmutableArray<string> Topics { get; init; } = [];

    /// <summary>What no rule of a single variable says.</summary>
    public ImmutableArray<SettingFault> Problems { get; init; } = [];

    /// <param name="environment">With defaults filled in; what is wrong with single variables is said elsewhere.</param>
    public static KafkaOptions Read(IReadOnlyDictionary<string, string> environment)
    {
        var user = environment.GetValueOrDefault("KAFKA_USERNAME") is { Length: > 0 } name ? name : null;
        string[] topics = [environment["STREAM_TOPIC"], environment["EVENTS_TOPIC"]];
        var wrong = ((string[])["STREAM_TOPIC", "EVENTS_TOPIC"])
            .Where(n => environment[n].Contains(':', StringComparison.Ordinal))
            .Select(n => new SettingFault(n, "has a colon, which kafka does not permit in a topic", "use letters, digits, ., _ and -"));
        return new(environment.GetValueOrDefault("KAFKA_BROKERS") ?? "", user, environment.GetValueOrDefault("KAFKA_PASSWORD"), environment["KAFKA_SASL"], IsTrue(environment["KAFKA_TLS"]), environment.GetValueOrDefault("KAFKA_CA"))
        {
            Topics = [.. topics.Where(t => !t.Contains('{', StringComparison.Ordinal)).Distinct()],
            Problems = [.. wrong],
        };
    }

    public override string ToString() => $"kafka at {Brokers}";

    private static bool IsTrue(string text) => text.ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON";
}
