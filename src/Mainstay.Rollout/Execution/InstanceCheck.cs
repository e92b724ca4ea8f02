using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution;

/// <summary>Whether one process may be trusted with requests: what the kernel says of it, and what it answers.</summary>
/// <param name="disk">Where the walks through /proc and the disk go, off the loops.</param>
internal sealed class InstanceCheck(Prover prover, IVerifier verifier, ReleaseStore store, TimeProvider time, TaskScheduler disk)
{
    /// <summary>A first answer may come before a cache is warm or a pool is filled; a wrong release stays wrong.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <returns>What speaks against it, in words that follow its name; null when nothing does.</returns>
    public async Task<(string? Objection, EvidenceBlock Evidence)> OfAsync(InstanceFacts instance, AppliedService to, string? commit, CancellationToken token)
    {
        var (objection, proof) = await ProveAsync(instance, to, token);
        if (objection is not null)
        {
            return (objection, proof);
        }

        var lines = proof.Lines;
        foreach (var question in to.Spec.Rollout.Deploy.Verify)
        {
            var verify = VerifyText.Filled(question, commit ?? "", to.Release);
            var answer = await AskAsync(verify, instance, to, commit, token);
            lines = lines.Add($"{(answer.Passed ? "ok" : "FAILED")} {VerifyText.Name(verify)}: {answer.Detail}");
            if (!answer.Passed)
            {
                return ($"does not verify: {VerifyText.Name(verify)}: {answer.Detail}", proof with { Lines = lines });
            }
        }

        return (null, proof with { Lines = lines });
    }

    /// <summary>What the kernel says, and nothing else.</summary>
    public async Task<(string? Objection, EvidenceBlock Evidence)> ProveAsync(InstanceFacts instance, AppliedService to, CancellationToken token)
    {
        var root = to.Spec.Rollout.Source is null ? null : store.DirectoryOf(to.Spec.Name, to.Release);

        var (ok, evidence) = await Task.Factory.StartNew(() => prover.Prove(to, root, [instance]), token, TaskCreationOptions.DenyChildAttach, disk);
        var failed = evidence[0].Lines.FirstOrDefault(l => l.StartsWith("FAILED ", StringComparison.Ordinal));
        return (ok ? null : $"(pid {instance.Pid}) is not proven to run {to.Release}: {failed?["FAILED ".Length..]}", evidence[0]);
    }

    private async Task<VerifyOutcome> AskAsync(VerifySpec verify, InstanceFacts instance, AppliedService to, string? commit, CancellationToken token)
    {
        var extra = ImmutableSortedDictionary<string, string>.Empty.SetItem("MAINSTAY_RELEASE", to.Release).SetItem("MAINSTAY_COMMIT", commit ?? "");
        for (var tries = 1; ; tries++)
        {
            var answer = await verifier.AskAsync(verify, instance.Port, to, extra, token);
            if (answer.Passed || tries == Tries)
            {
                return answer;
            }

            await Task.Delay(Pause, time, token);
        }
    }
}
