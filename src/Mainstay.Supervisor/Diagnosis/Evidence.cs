using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Logs;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>Lays out what was seen, for whoever wants to judge the cause by himself. A block without a line is left out.</summary>
internal static class Evidence
{
    private const int MaxLogLines = 20;
    private const int MaxLineLength = 300;

    public static ImmutableArray<EvidenceBlock> Of(FailureFacts facts, SignatureMatch? match, IEnumerable<string> alsoSeen) =>
    [
        .. new EvidenceBlock[]
        {
            new("what happened", [.. WhatHappened(facts)]),
            new("health check", [.. Probes(facts)]),
            new("ports", [.. Ports(facts)]),
            new("also in its log", [.. alsoSeen]),
            new("the line that says so", [.. TellingLine(facts, match)]),
            new("last lines", [.. LastLines(facts).Select(l => Cut($"{Mark(l)} {l.Text}"))]),
        }.Where(block => block.Lines.Length > 0),
    ];

    private static IEnumerable<string> WhatHappened(FailureFacts facts)
    {
        yield return facts.Because;
        if (facts.Spawn is { } spawn)
        {
            yield return $"{spawn.Stage}: {spawn.Message}";
        }

        if (facts.Exit is { } exit && !facts.Because.Contains(ExitText.Of(exit), StringComparison.Ordinal))
        {
            yield return $"{ExitText.Of(exit)} after {ExitText.Of(facts.Uptime)}";
        }

        if (facts.Starts > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"start number {facts.Starts} in a row that did not become ready");
        }
    }

    /// <summary>Grouped by kind: hundreds of refused connections are one line, in the order in which the kinds came first.</summary>
    private static IEnumerable<string> Probes(FailureFacts facts)
    {
        foreach (var kind in facts.Probes.GroupBy(p => p.Outcome))
        {
            var (first, last) = (kind.First(), kind.Last());
            var times = first == last ? $"at {Time(first)}" : $"first {Time(first)}, last {Time(last)}";
            yield return Cut(string.Create(CultureInfo.InvariantCulture, $"{kind.Count()} × {Words.Of(kind.Key).Replace('_', ' ')} ({times}): {last.Detail}"));
        }

        if (facts.ProbesLeftOut > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"and {facts.ProbesLeftOut} more in between");
        }
    }

    private static IEnumerable<string> Ports(FailureFacts facts)
    {
        if (facts.ExpectedPort is not { } expected || (facts.Listening is null && facts.PortHolder is null))
        {
            yield break;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"expected: {expected}");
        if (facts.Listening is { } listening)
        {
            yield return "listening: " + (listening.IsEmpty ? "on nothing" : string.Join(", ", listening.Select(s => KnownFacts.Address(s.Address, s.Port)).Distinct()));
        }

        if (facts.PortHolder is { } holder)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"port {expected} is held by {holder}");
        }
    }

    private static IEnumerable<string> TellingLine(FailureFacts facts, SignatureMatch? match)
    {
        if (match?.Line is { } line && !LastLines(facts).Any(l => Plain.Text(l.Text) == line))
        {
            yield return Cut(line);
        }
    }

    private static IEnumerable<LogRecord> LastLines(FailureFacts facts) => facts.LastLines.IsDefault ? [] : facts.LastLines.TakeLast(MaxLogLines);

    private static string Mark(LogRecord line) => line.Stream is LogStream.Err ? "err" : line.Stream is LogStream.Out ? "out" : "sys";

    private static string Time(ProbeResult probe) => probe.At.UtcDateTime.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    private static string Cut(string line)
    {
        var plain = Plain.Text(line);
        return plain.Length > MaxLineLength ? plain[..MaxLineLength] + "…" : plain;
    }
}
