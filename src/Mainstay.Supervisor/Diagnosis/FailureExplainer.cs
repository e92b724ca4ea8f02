using Mainstay.Contracts.Api;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>Turns the facts of a failure into what a user reads. Pure.</summary>
public static class FailureExplainer
{
    public static FailureReport Explain(FailureFacts facts) => new(
        facts.Service.Value,
        facts.Instance,
        facts.Because,
        [new EvidenceBlock("last lines", [.. facts.LastLines.Select(l => l.Text)])],
        [],
        facts.Kept);
}
