using System.Collections.Immutable;
using Mainstay.Contracts.Api;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>Turns the facts of a failure into what a user reads: the cause in one sentence, what it was seen by, what to try. Pure.</summary>
public static class FailureExplainer
{
    /// <summary>Other reasons that the log gives are shown too, but a log full of follow-up errors must not bury the first.</summary>
    private const int MaxAlsoSeen = 2;

    public static FailureReport Explain(FailureFacts facts)
    {
        var lines = facts.LastLines.IsDefault ? [] : facts.LastLines.Select(l => Plain.Text(l.Text)).ToImmutableArray();
        var matches = Signature.All.Select(s => s.Match(facts, lines)).OfType<SignatureMatch>().ToList();
        var cause = matches.FirstOrDefault();
        var known = KnownFacts.Of(facts, cause?.Captures ?? ImmutableDictionary<string, string>.Empty);
        var report = new FailureReport(
            facts.Service.Value,
            facts.Instance,
            cause is null ? Unexplained(facts) : CauseText.Fill(cause.Signature.Data.Cause, known),
            Evidence.Of(facts, cause, AlsoSeen(facts, matches)),
            [.. (cause?.Signature.Data.Try ?? Look(facts)).Select(t => CauseText.Fill(t, known)).Where(t => t.Length > 0)],
            facts.Kept);
        return Redacted(report, Redactor.Of(facts.Spec.Environment));
    }

    private static IEnumerable<string> AlsoSeen(FailureFacts facts, List<SignatureMatch> matches) => matches
        .Where(m => m.Line is not null && m.Line != matches[0].Line && !m.Signature.Data.Generic)
        .DistinctBy(m => m.Line)
        .Take(MaxAlsoSeen)
        .Select(m => CauseText.Fill(m.Signature.Data.Cause, KnownFacts.Of(facts, m.Captures)));

    /// <summary>Says what is known and invents nothing.</summary>
    private static string Unexplained(FailureFacts facts) => facts.Kind switch
    {
        FailureKind.NotSpawned => "no process could be started",
        FailureKind.DependencyMissing => "what it depends on was not there",
        FailureKind.OverMemory => facts.Because,
        FailureKind.NotReadyInTime when facts.Probes.LastOrDefault() is { } probe => $"it did not become ready in time: {probe.Detail}",
        FailureKind.NotReadyInTime => "it did not become ready in time, and nothing that is known says why",
        FailureKind.Unhealthy when facts.Probes.LastOrDefault() is { } probe => $"it failed its health check: {probe.Detail}",
        FailureKind.Unhealthy => facts.Because,
        FailureKind.ExitedBeforeReady or FailureKind.ExitedAfterReady when facts.LastLines.IsDefaultOrEmpty => $"it {facts.Because} and wrote nothing that says why",
        FailureKind.ExitedBeforeReady or FailureKind.ExitedAfterReady => $"it {facts.Because}; no known reason is in its last lines",
    };

    private static ImmutableArray<string> Look(FailureFacts facts) =>
        facts.LastLines.IsDefaultOrEmpty ? ["run its command by hand in its directory"] : ["mainstay logs {service} shows all that it wrote"];

    private static FailureReport Redacted(FailureReport report, Redactor redactor) => report with
    {
        Cause = redactor.Redact(report.Cause),
        Evidence = [.. report.Evidence.Select(b => b with { Lines = [.. b.Lines.Select(redactor.Redact)] })],
        Try = [.. report.Try.Select(redactor.Redact)],
    };
}
