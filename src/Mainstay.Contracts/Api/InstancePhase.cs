using System.Text.Json.Serialization;

namespace Mainstay.Contracts.Api;

/// <summary>Where one instance is in its life; the <c>state</c> that users read.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<InstancePhase>))]
public enum InstancePhase
{
    /// <summary>Wanted, but something that it depends on is not there yet.</summary>
    Waiting,

    /// <summary>The process runs and has not yet shown that it is ready.</summary>
    Starting,

    /// <summary>The process runs and may take traffic.</summary>
    Running,

    /// <summary>The process runs, finishes what it has, and gets no new traffic.</summary>
    Draining,

    /// <summary>The process was told to stop and has not yet exited.</summary>
    Stopping,

    /// <summary>No process, and none wanted.</summary>
    Stopped,

    /// <summary>The process ended unasked; the next start waits for the restart delay.</summary>
    Backoff,

    /// <summary>The restart limit was reached; only an explicit start, or a declared retry, starts it again.</summary>
    Parked,
}

[JsonConverter(typeof(LowerCaseEnumConverter<Health>))]
public enum Health
{
    Unknown,
    Healthy,
    Degraded,
    Unhealthy,
}

/// <summary>Enums go over the wire in lower case, as the contract writes them.</summary>
public sealed class LowerCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower)
    where TEnum : struct, Enum;
