using System.Collections.Immutable;

namespace Mainstay.Contracts.Api;

/// <summary><c>GET /v1/switches</c>, and <c>GET /switches</c> for services that want to know.</summary>
public sealed record SwitchesDocument(ImmutableArray<SwitchStatus> Switches);

/// <summary>A kill switch as it stands.</summary>
/// <param name="On">Requests are let through.</param>
/// <param name="Default">How the manifest has it while nobody has set it.</param>
/// <param name="Reason">Of whoever has set it; null when nobody has, or said none.</param>
/// <param name="By">Who has set it, as user@host; null when nobody has.</param>
/// <param name="Since">When; null when nobody has.</param>
/// <param name="Until">From then on it is as <paramref name="Default"/> again; null: until it is set.</param>
public sealed record SwitchStatus(string Name, bool On, bool Default, string Description, string? Reason, string? By, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary><c>POST /v1/switches</c>.</summary>
/// <param name="ForS">Seconds after which it is as its default again; null: until it is set.</param>
public sealed record SwitchRequest(string Name, bool On, string By, string? Reason, double? ForS);
