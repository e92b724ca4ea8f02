using Mainstay.Spec.Model;

namespace Mainstay.Realtime.Tests;

/// <summary>What a check before the start is told by the services' own readers.</summary>
public sealed class RealtimeSettingsTests
{
    [Theory]
    [InlineData(ServiceKind.Hub, "", "", "JWT_PUBLIC_KEY is needed")]
    [InlineData(ServiceKind.Hub, "HUB_LICENCES", "licences.txt", "HUB_LICENCES is not an absolute path")]
    [InlineData(ServiceKind.Hub, "HUB_SOCKETIO_MAP", "/nowhere/map.json", "HUB_SOCKETIO_MAP ")]
    [InlineData(ServiceKind.Hub, "HUB_WEBHOOK_URL", "ftp://host", "HUB_WEBHOOK_URL must be an http(s) URL")]
    [InlineData(ServiceKind.Ingest, "INGEST_AUTH", "magic", "INGEST_AUTH has an entry 1 that is no method")]
    [InlineData(ServiceKind.Ingest, "INGEST_AUTH", "jwt", "JWT_PUBLIC_KEY is needed")]
    [InlineData(ServiceKind.Ingest, "PUBSUB_ADAPTER", "in_memory", "PUBSUB_ADAPTER is in_memory")]
    [InlineData(ServiceKind.Ingest, "EXOTEL_AUTH", "magic", "EXOTEL_AUTH has an entry 1 that is no method")]
    public void What_a_service_would_not_start_with_is_told_with_its_fix(ServiceKind kind, string name, string value, string told)
    {
        var faults = RealtimeSettings.Faults(kind, new Dictionary<string, string> { [name] = value });
        Assert.Contains(faults, f => f.ToString().StartsWith(told, StringComparison.Ordinal));
        Assert.All(faults, f => Assert.NotEmpty(f.Fix));
    }

    [Fact]
    public void What_Mainstay_itself_sets_is_not_missed()
    {
        var faults = RealtimeSettings.Faults(ServiceKind.Hub, new Dictionary<string, string> { ["JWT_SECRET"] = new('s', 40) });
        Assert.Empty(faults);
    }

    [Fact]
    public void Other_services_have_no_settings_of_ours() => Assert.Empty(RealtimeSettings.Faults(ServiceKind.Process, new Dictionary<string, string>()));
}
