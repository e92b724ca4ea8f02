using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Releases;

/// <summary>Which releases go.</summary>
internal static class ReleasePruning
{
    /// <summary>Whatever is protected or marked as serving stays, even above both bounds.</summary>
    public static ImmutableArray<string> Choose(
        IEnumerable<ReleaseRecord> releases, int keep, long maxBytes, IReadOnlySet<string> protectedIds, DateTimeOffset daemonStartedAt)
    {
        var doomed = ImmutableArray.CreateBuilder<string>();
        var all = releases.OrderByDescending(r => r.MadeAt).ThenByDescending(r => r.Id, StringComparer.Ordinal).ToArray();

        // Marks outlive daemons, so the newest proven one is spared even if the caller has forgotten to name it.
        var target = all.FirstOrDefault(r => r.State is ReleaseState.Proven && !protectedIds.Contains(r.Id))?.Id;
        bool Stays(ReleaseRecord r) => r.State is ReleaseState.Serving || r.Id == target || protectedIds.Contains(r.Id);

        var kept = all.Where(Stays).ToArray();
        var (count, bytes) = (kept.Length, kept.Sum(r => r.Bytes));
        foreach (var release in all.Where(r => !Stays(r)))
        {
            if (release.State is ReleaseState.Unfinished)
            {
                // One of this daemon may be in the making.
                if (release.MadeAt < daemonStartedAt)
                {
                    doomed.Add(release.Id);
                }
            }
            else if (count >= keep || bytes + release.Bytes > maxBytes)
            {
                doomed.Add(release.Id);
            }
            else
            {
                count++;
                bytes += release.Bytes;
            }
        }

        return doomed.ToImmutable();
    }
}
