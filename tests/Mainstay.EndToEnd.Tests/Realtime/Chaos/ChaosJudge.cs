using System.Collections.Immutable;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>Compares what was promised with what is there. Knows nothing of kills: a promise holds whatever happened.</summary>
internal static class ChaosJudge
{
    /// <returns>One sentence for each promise that was broken.</returns>
    public static ImmutableArray<string> Findings(ChaosHistory history) =>
        [.. history.Faults, .. history.Calls.SelectMany(call => OfCall(call, history)), .. Strangers(history), .. OfRequests(history), .. OfOrder(history), .. OfRoom(history.Room)];

    private static IEnumerable<string> OfCall(CallSeen call, ChaosHistory history)
    {
        var stored = history.Stream.Where(f => f.Interaction == call.Interaction).ToArray();
        foreach (var other in stored.Select(f => f.Session).Distinct().Where(s => s != call.Session))
        {
            yield return $"{call.Interaction}: frames of session {other}, which is not the caller's";
        }

        if (stored.FirstOrDefault(f => !f.IsAsSent) is { } changed)
        {
            yield return $"{call.Interaction}: frame {changed.Seq} has other bytes than were sent";
        }

        // As a consumer reads who takes each number of a session once.
        var taken = stored.DistinctBy(f => (f.Session, f.Seq)).Select(f => f.Seq).ToArray();
        if (taken.Zip(taken.Skip(1)).FirstOrDefault(pair => pair.Second < pair.First) is ( > 0, > 0) swapped)
        {
            yield return $"{call.Interaction}: frame {swapped.Second} comes behind frame {swapped.First}";
        }

        var (there, told) = (taken.ToHashSet(), Told(call.Interaction, history));
        var missing = Numbers(1, call.Sent).Where(n => !there.Contains(n)).ToArray();
        if (Ranges(missing.Where(n => n <= call.Acked)) is { Length: > 0 } lost)
        {
            yield return $"{call.Interaction}: acknowledged up to {call.Acked}, but not in the stream: {lost}";
        }

        if (Ranges(missing.Where(n => n > call.Acked && !told.Contains(n))) is { Length: > 0 } silent)
        {
            yield return $"{call.Interaction}: neither in the stream nor told as lost: {silent}";
        }

        if (Ranges(told.Where(there.Contains)) is { Length: > 0 } wrong)
        {
            yield return $"{call.Interaction}: told as lost, but in the stream: {wrong}";
        }

        if (taken.Where(n => n < 1 || n > call.Sent).ToArray() is { Length: > 0 } invented)
        {
            yield return $"{call.Interaction}: in the stream, but never sent: {Ranges(invented)}";
        }

        if (call.Acked != call.Sent)
        {
            yield return $"{call.Interaction}: has ended with {call.Acked} of {call.Sent} frames acknowledged";
        }
    }

    private static IEnumerable<string> Strangers(ChaosHistory history) =>
        history.Stream.Select(f => f.Interaction).Distinct().Except(history.Calls.Select(c => c.Interaction)).Select(name => $"{name}: in the stream, but nobody called by that name");

    private static IEnumerable<string> OfRequests(ChaosHistory history)
    {
        var paper = history.Paper.ToLookup(e => (e.Target, e.Key));
        foreach (var asked in history.Requests)
        {
            var (done, answers, name) = (paper[(asked.Target, asked.Key)].ToArray(), asked.Answers.Where(a => a.IsTaken).ToArray(), $"{asked.Target} {asked.Key}");
            var told = string.Join(", ", asked.Answers.Select(a => $"{a.Status} {a.State}"));
            if (done.Length > 1)
            {
                yield return $"{name}: done {done.Length} times; {told}";
            }

            if (answers.Length > 0 && done.Length == 0)
            {
                yield return $"{name}: taken and never done; {told}";
            }

            if (answers.Length == 0 || answers[^1].State != "done")
            {
                yield return $"{name}: did not end as done; {told}";
            }

            if (done.Any(e => e.Text != asked.Text))
            {
                yield return $"{name}: done with other data than was asked";
            }

            if (answers.Select(a => a.Request).Distinct().Count() > 1)
            {
                yield return $"{name}: one key, several requests: {string.Join(", ", answers.Select(a => a.Request).Distinct())}";
            }

            if (answers.FirstOrDefault(a => a.State == "done") is { } first && answers.Any(a => a.Round > first.Round && a.State != "done"))
            {
                yield return $"{name}: was done, and then was not; {told}";
            }

            if (answers.Where(a => a.State == "done").Select(a => a.Data).Distinct().ToArray() is { Length: > 0 } results && (results.Length > 1 || !results[0].Contains($"\"{asked.Key}\"", StringComparison.Ordinal)))
            {
                yield return $"{name}: told of other results than the device's: {string.Join(" and ", results)}";
            }

            if (asked.Answers.FirstOrDefault(a => a.Status is >= 400 and < 500 and not 429 || a.State is "failed" or "unknown" or "expired" or "canceled") is { } wrong)
            {
                yield return $"{name}: answered {wrong.Status} {wrong.State}, for which there was no reason";
            }
        }

        foreach (var done in history.Paper.Select(e => (e.Target, e.Key)).Distinct().Except(history.Requests.Select(r => (r.Target, r.Key))))
        {
            yield return $"{done.Target} {done.Key}: done, and nobody asked for it";
        }
    }

    /// <summary>A target does what it was asked in the order of the asking.</summary>
    private static IEnumerable<string> OfOrder(ChaosHistory history)
    {
        foreach (var target in history.Requests.GroupBy(r => r.Target))
        {
            var place = target.Select((r, i) => (r.Key, i)).ToDictionary(p => p.Key, p => p.i, StringComparer.Ordinal);
            var done = history.Paper.Where(e => e.Target == target.Key && place.ContainsKey(e.Key)).DistinctBy(e => e.Key).ToArray();
            foreach (var (earlier, later) in done.Zip(done.Skip(1)).Where(pair => place[pair.Second.Key] < place[pair.First.Key]))
            {
                yield return $"{target.Key}: {later.Key} was done behind {earlier.Key}, which was asked later";
            }
        }
    }

    private static IEnumerable<string> OfRoom(RoomSeen room)
    {
        if (room.Published.Concat(room.Heard.Select(h => new PublishedSeen(h.Data, h.Epoch, h.Offset))).Select(e => e.Epoch).Distinct().ToArray() is { Length: > 1 } epochs)
        {
            yield return $"room: several epochs: {string.Join(", ", epochs)}";
        }

        for (var i = 0; i < room.Heard.Length; i++)
        {
            if (room.Heard[i].Offset != i + 1)
            {
                yield return $"room: the subscriber heard offset {room.Heard[i].Offset} where {i + 1} was due";
                break;
            }
        }

        foreach (var twice in room.Heard.GroupBy(e => e.Data).Where(g => g.Count() > 1))
        {
            yield return $"room: {twice.Key} was published under one key and heard {twice.Count()} times";
        }

        var heard = room.Heard.DistinctBy(e => e.Data).ToDictionary(e => e.Data, e => e.Offset, StringComparer.Ordinal);
        foreach (var told in room.Published.Where(p => heard.GetValueOrDefault(p.Data, -1) != p.Offset))
        {
            yield return $"room: {told.Data} was confirmed with offset {told.Offset} and {(heard.TryGetValue(told.Data, out var offset) ? $"heard with {offset}" : "never heard")}";
        }
    }

    private static HashSet<long> Told(string interaction, ChaosHistory history) => [.. history.Gaps.Where(g => g.Interaction == interaction).SelectMany(g => Numbers(g.From, g.To))];

    private static IEnumerable<long> Numbers(long from, long to)
    {
        for (var n = from; n <= to; n++)
        {
            yield return n;
        }
    }

    private static string Ranges(IEnumerable<long> numbers)
    {
        var ranges = new List<(long From, long To)>();
        foreach (var n in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].To == n - 1)
            {
                ranges[^1] = (ranges[^1].From, n);
            }
            else
            {
                ranges.Add((n, n));
            }
        }

        return string.Join(", ", ranges.Select(r => r.From == r.To ? $"{r.From}" : $"{r.From}-{r.To}"));
    }
}
