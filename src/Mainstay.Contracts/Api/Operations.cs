using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Contracts.Api;

/// <summary><c>POST /v1/apply</c>: the manifest as the command read it. The daemon parses it again; it trusts no client.</summary>
/// <param name="File">As the user named it; stands in problems.</param>
/// <param name="Directory">Absolute folder of the manifest.</param>
/// <param name="Variables">The variables that <c>${NAME}</c> named in the manifest, and only those.</param>
/// <param name="Services">Start only these and what they depend on; empty means all.</param>
public sealed record ApplyRequest(
    string File,
    string Directory,
    string Text,
    ImmutableSortedDictionary<string, string> Variables,
    ImmutableArray<ServiceName> Services);

[JsonConverter(typeof(LowerCaseEnumConverter<ActionVerb>))]
public enum ActionVerb
{
    Start,
    Stop,
    Restart,
    Reload,
}

/// <summary><c>POST /v1/actions</c>. Empty services means all.</summary>
public sealed record ActionRequest(ActionVerb Verb, ImmutableArray<ServiceName> Services);

/// <summary><c>POST /v1/scale</c>.</summary>
public sealed record ScaleRequest(ServiceName Service, int Instances);

/// <summary><c>POST /v1/down</c>: stops everything in reverse order; then the daemon too, if asked.</summary>
public sealed record DownRequest(bool Daemon);

/// <summary>One line of the newline-delimited JSON that every operation answers with. The last line, and only it, carries a result.</summary>
/// <param name="Rollout">The rollout as it is now: once when it is planned, and again just before the result.</param>
public sealed record OperationMessage(OperationStep? Step = null, OperationResult? Result = null, RolloutRecord? Rollout = null);

/// <summary>Something happened on the way: what the user is shown as one line.</summary>
public sealed record OperationStep(DateTimeOffset At, string? Service, string? Instance, InstancePhase? State, Health? Health, string Because);

/// <summary>How an operation ended. The exit code of the command is <paramref name="ExitCode"/>.</summary>
public sealed record OperationResult(
    ExitCode ExitCode,
    string Summary,
    ImmutableArray<Problem> Problems,
    ImmutableArray<FailureReport> Failures);

/// <summary>Why one instance did not do what was asked, explained: cause, evidence, what to try.</summary>
/// <param name="Cause">One sentence.</param>
/// <param name="Evidence">Each a titled block of lines: probe history by kind, ports listened on against the one expected, exit, last log lines.</param>
/// <param name="Try">What to do about it; each one sentence.</param>
/// <param name="Kept">What serves instead, when something does.</param>
public sealed record FailureReport(
    string Service,
    string? Instance,
    string Cause,
    ImmutableArray<EvidenceBlock> Evidence,
    ImmutableArray<string> Try,
    string? Kept);

public sealed record EvidenceBlock(string Title, ImmutableArray<string> Lines);

/// <summary>An answer that is not 2xx: RFC 9457 problem details, cut to what we use.</summary>
public sealed record ErrorDocument(string Title, string Detail, ImmutableArray<Problem> Problems);

/// <summary><c>GET /v1/version</c>.</summary>
public sealed record VersionDocument(string Version, int Pid, string Home);

/// <summary><c>check --json</c>.</summary>
public sealed record CheckDocument(bool Ok, ImmutableArray<ImmutableArray<ServiceName>> Layers, ImmutableArray<Problem> Problems);
