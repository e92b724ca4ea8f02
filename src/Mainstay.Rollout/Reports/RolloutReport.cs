using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Reports;

/// <summary>What a person wants to know of a rollout, in order: how it ended, why, what changed, how it went, how to undo it.</summary>
internal static class RolloutReport
{
    public static ImmutableArray<ReportBlock> Of(RolloutRecord rollout) =>
    [
        new ReportBlock.Heading(1, $"{(rollout.Kind is RolloutKind.Deploy ? "Rollout" : "Rollback")} {rollout.Number} of {rollout.Stack}: {Words.Of(rollout.Phase)}"),
        new ReportBlock.Paragraph(rollout.Because),
        Summary(rollout),
        .. Why(rollout),
        .. Services(rollout),
        .. rollout.Services.SelectMany(s => SourceSection.Of(s)),
        .. Steps(rollout),
        .. Processes(rollout),
        .. Kept(rollout, StepKind.Backup, "Backup", "No backup is declared."),
        .. Kept(rollout, StepKind.Migrate, "Migration", "No migration is declared."),
        .. Evidence(rollout),
        .. WayBack(rollout),
    ];

    private static ReportBlock.Table Summary(RolloutRecord rollout)
    {
        var traffic = rollout.Steps.Select(s => s.Traffic).OfType<TrafficFigures>().ToArray();
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        rows.Add(["asked by", rollout.By]);
        rows.Add(["began", Words.Time(rollout.StartedAt)]);
        rows.Add(["ended", rollout.EndedAt is { } end ? $"{Words.Time(end)}, after {Words.Span(end - rollout.StartedAt)}" : "not yet"]);
        rows.Add(["deadline", Words.Time(rollout.Deadline)]);
        rows.Add(["requests meanwhile", traffic.Length == 0 ? "not measured: no route leads to these services" : $"{Words.Number(traffic.Sum(t => t.Requests))}, of which {Words.Number(traffic.Sum(t => t.Failed))} failed"]);
        rows.Add(["downtime at the edge", traffic.Length == 0 ? "not measured" : $"{Words.Seconds(traffic.Sum(t => t.DowntimeS))}; longest hold of a request {Words.Seconds(traffic.Max(t => t.LongestHoldS))}"]);
        return new(["rollout", rollout.Number.ToString(CultureInfo.InvariantCulture)], rows.ToImmutable());
    }

    private static IEnumerable<ReportBlock> Why(RolloutRecord rollout)
    {
        if (rollout.Failure is null && rollout.Cause is null)
        {
            yield break;
        }

        yield return new ReportBlock.Heading(2, "Why it did not succeed");
        if (rollout.Failure is { } failure)
        {
            yield return new ReportBlock.Paragraph(failure);
        }

        if (rollout.Cause is not { } cause)
        {
            yield break;
        }

        yield return new ReportBlock.Paragraph($"{cause.Instance ?? cause.Service}: {cause.Cause}");
        foreach (var evidence in cause.Evidence)
        {
            yield return Block(evidence);
        }

        if (cause.Try.Length > 0)
        {
            yield return new ReportBlock.Heading(3, "What to try");
            yield return new ReportBlock.Items(cause.Try);
        }

        if (cause.Kept is { } kept)
        {
            yield return new ReportBlock.Paragraph(kept);
        }
    }

    private static IEnumerable<ReportBlock> Services(RolloutRecord rollout)
    {
        yield return new ReportBlock.Heading(2, "Services");
        yield return new ReportBlock.Table(
            ["layer", "service", "release before", "release after", "strategy", "why"],
            [
                .. rollout.Services.Select(s => ImmutableArray.Create(
                    s.Layer.ToString(CultureInfo.InvariantCulture),
                    s.Name.Value,
                    s.From ?? "none",
                    s.To ?? "none yet",
                    $"{Words.Of(s.Strategy)}{(s.KeepsServing ? "" : ", with downtime")}",
                    s.StrategyBecause)),
            ]);
    }

    private static IEnumerable<ReportBlock> Steps(RolloutRecord rollout)
    {
        yield return new ReportBlock.Heading(2, "Steps");
        yield return new ReportBlock.Table(
            ["step", "services", "state", "took", "requests", "failed", "downtime", "longest hold", "what came of it"],
            [
                .. rollout.Steps.Select((s, i) => ImmutableArray.Create(
                    $"{(i == rollout.UndoneFrom ? "way back: " : "")}{Words.Of(s.Kind)}",
                    string.Join(", ", s.Services),
                    Words.Of(s.State),
                    s is { StartedAt: { } start, EndedAt: { } end } ? Words.Span(end - start) : "",
                    s.Traffic is { } t ? Words.Number(t.Requests) : "",
                    s.Traffic is { } f ? Words.Number(f.Failed) : "",
                    s.Traffic is { } d ? Words.Seconds(d.DowntimeS) : "",
                    s.Traffic is { } h ? Words.Seconds(h.LongestHoldS) : "",
                    s.Because)),
            ]);
    }

    private static IEnumerable<ReportBlock> Processes(RolloutRecord rollout)
    {
        var rows = rollout.Services.SelectMany(s => s.Before.Select(i => i.Id).Union(s.After.Select(i => i.Id), StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id =>
        {
            var (was, now) = (s.Before.FirstOrDefault(i => i.Id == id), s.After.FirstOrDefault(i => i.Id == id));
            return ImmutableArray.Create(id, Words.Pid(was), was?.Release ?? "", Words.Pid(now), now?.Release ?? "");
        })).ToImmutableArray();
        if (rows.Length > 0)
        {
            yield return new ReportBlock.Heading(2, "Processes");
            yield return new ReportBlock.Table(["instance", "pid before", "release before", "pid after", "release after"], rows);
        }
    }

    private static IEnumerable<ReportBlock> Kept(RolloutRecord rollout, StepKind kind, string title, string none)
    {
        var steps = rollout.Steps.Where(s => s.Kind == kind).ToArray();
        yield return new ReportBlock.Heading(2, title);
        if (steps.Length == 0)
        {
            yield return new ReportBlock.Paragraph(none);
        }

        foreach (var step in steps)
        {
            yield return new ReportBlock.Paragraph($"{string.Join(", ", step.Services)}: {Words.Of(step.State)}; {step.Because}");
            foreach (var evidence in step.Evidence)
            {
                yield return Block(evidence);
            }
        }
    }

    private static IEnumerable<ReportBlock> Evidence(RolloutRecord rollout)
    {
        yield return new ReportBlock.Heading(2, "Verification and evidence");
        var steps = rollout.Steps.Where(s => s.Kind is not (StepKind.Backup or StepKind.Migrate) && s.Evidence.Length > 0).ToArray();
        if (steps.Length == 0)
        {
            yield return new ReportBlock.Paragraph("No step has left any.");
        }

        foreach (var step in steps)
        {
            yield return new ReportBlock.Heading(3, $"{Words.Of(step.Kind)} {string.Join(", ", step.Services)}");
            foreach (var evidence in step.Evidence)
            {
                yield return Block(evidence);
            }
        }
    }

    private static IEnumerable<ReportBlock> WayBack(RolloutRecord rollout)
    {
        yield return new ReportBlock.Heading(2, "How to roll back");
        var back = rollout.Services.Where(s => s.From is not null && s.From != s.To).ToArray();
        if (rollout.Phase is RolloutPhase.Succeeded && back.Length > 0)
        {
            yield return new ReportBlock.Code("Brings back what served before, without network or build", ["mainstay rollback"]);
        }
        else if (rollout.Phase is RolloutPhase.Failed or RolloutPhase.RolledBack)
        {
            yield return new ReportBlock.Paragraph("There is nothing to roll back: what served before serves.");
        }
        else if (rollout.Phase is RolloutPhase.Broken)
        {
            yield return new ReportBlock.Paragraph("The way back has been walked: what served before is wanted again, and Mainstay goes on starting it, but it could not be proven to serve. `mainstay status` shows what still fails and why; when that is mended, `mainstay up` or the next `mainstay deploy` brings everything to what is wanted.");
        }
        else
        {
            yield return new ReportBlock.Paragraph(rollout.HasEnded && back.Length == 0 ? "There is no earlier release to go back to." : "mainstay rollout abort ends it and brings back what served before.");
        }

        if (rollout.Phase is not RolloutPhase.Succeeded && RolloutPhrase.Migration(rollout) is { } migration)
        {
            yield return new ReportBlock.Paragraph($"Mind that {migration}.");
        }

        if (rollout.Restore.Length > 0)
        {
            yield return new ReportBlock.Code("Brings the backup back; Mainstay never runs these by itself, for they overwrite what was written since", rollout.Restore);
        }
    }

    private static ReportBlock.Code Block(EvidenceBlock evidence) => new(evidence.Title, evidence.Lines);
}
