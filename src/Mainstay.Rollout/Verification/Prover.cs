using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>Looks at processes and compares each with its release.</summary>
/// <param name="hostPath">PATH of the daemon, which services get that declare none.</param>
public sealed class Prover(IProcessFacts facts, string hostPath)
{
    /// <summary>Processes below one instance's that are looked at.</summary>
    private const int MostBelow = 50;

    /// <param name="root">The release's directory; null for a service without a source.</param>
    /// <returns>Whether all are proven, and one block of evidence for each.</returns>
    public (bool Ok, ImmutableArray<EvidenceBlock> Evidence) Prove(AppliedService applied, string? root, IEnumerable<InstanceFacts> instances)
    {
        var expected = ExpectedProcess.Of(applied, root, hostPath, facts);
        var proofs = instances.Select(i => (Instance: i, Proof: Prove(expected, i))).ToArray();
        return (
            proofs.Length > 0 && proofs.All(p => p.Proof.Ok),
            [.. proofs.Select(p => new EvidenceBlock($"{p.Instance.Id} (pid {p.Instance.Pid?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}) {(p.Proof.Ok ? "runs" : "is not proven to run")} {applied.Release}", p.Proof.Lines))]);
    }

    private ProcessProof Prove(ExpectedProcess expected, InstanceFacts instance)
    {
        // What the supervisor believes comes first: an instance that was never replaced is named as such.
        if (instance.Release != expected.Release)
        {
            return new(false, [$"FAILED it was started for release {instance.Release}, expected {expected.Release}"]);
        }

        var sight = instance.Pid is { } pid ? facts.Look(pid, instance.StartTime) : null;
        return ProcessProof.Of(expected, sight, sight is null ? [] : [.. FileArgument.Of(expected, sight), .. Below(expected, instance.Pid!.Value, sight)]);
    }

    /// <summary>A shell that waits, or npm, is not what serves: the code of its processes is.</summary>
    private IEnumerable<FileArgument> Below(ExpectedProcess expected, int pid, ProcessSight sight)
    {
        var open = new Queue<(int Pid, ProcessSight Sight)>([(pid, sight)]);
        var looked = 0;
        while (expected.Root is not null && open.TryDequeue(out var wrapper))
        {
            if (!FileArgument.IsWrapper(wrapper.Sight))
            {
                continue;
            }

            foreach (var child in facts.Children(wrapper.Pid))
            {
                if (++looked > MostBelow)
                {
                    yield break;
                }

                if (facts.Look(child.Pid, child.StartTime) is not { } below)
                {
                    continue;
                }

                open.Enqueue((child.Pid, below));
                foreach (var argument in FileArgument.OfChild(expected, below, child.Pid))
                {
                    yield return argument;
                }
            }
        }
    }
}
