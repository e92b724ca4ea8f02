using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Finds services that wait for each other in a circle. Nobody could ever start the first of them.</summary>
internal static class CycleChecks
{
    /// <summary>More circles than this are one tangle; after the first few are cut, check is run again anyway.</summary>
    private const int MostReported = 10;

    private const int LongestShown = 20;

    public static void Run(StackSpec stack, ReadContext context)
    {
        // What waits for itself has its own problem.
        var cut = stack.Services.Select(s => (s.Name, s.Name)).ToHashSet();
        for (var reported = 0; reported < MostReported; reported++)
        {
            var remainder = DependencyGraph.Peel(stack.Services, cut).Remainder;
            if (remainder.IsEmpty)
            {
                return;
            }

            var circle = Find(remainder, cut);
            Report(circle, context);

            // Taken as cut where it closes, so that the next round finds another one.
            cut.Add((circle[^1].Name, circle[0].Name));
        }
    }

    /// <summary>Everyone who remains waits for someone who remains, so walking on must come back to a place already seen.</summary>
    private static ImmutableArray<ServiceSpec> Find(ImmutableArray<ServiceSpec> remainder, HashSet<(ServiceName, ServiceName)> cut)
    {
        var byName = remainder.DistinctBy(s => s.Name).ToDictionary(s => s.Name);
        var order = remainder.Select((s, i) => (s.Name, i)).DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => s.i);
        var walked = new List<ServiceSpec>();
        var seen = new Dictionary<ServiceName, int>();
        var at = remainder[0];
        while (seen.TryAdd(at.Name, walked.Count))
        {
            walked.Add(at);
            var from = at.Name;
            at = byName[at.DependsOn.Select(d => d.On).First(on => byName.ContainsKey(on) && !cut.Contains((from, on)))];
        }

        // Told from the service that stands first in the manifest.
        var circle = walked.Skip(seen[at.Name]).ToList();
        var first = circle.FindIndex(s => order[s.Name] == circle.Min(c => order[c.Name]));
        return [.. circle.Skip(first), .. circle.Take(first)];
    }

    private static void Report(ImmutableArray<ServiceSpec> circle, ReadContext context)
    {
        var next = circle[1 % circle.Length].Name;
        var place = circle[0].DependsOn.First(d => d.On == next).Span;
        var names = circle.Select(s => s.Name.Value).ToList();
        var shown = names.Count <= LongestShown ? names : [.. names.Take(LongestShown - 1), $"... ({names.Count - LongestShown} more) ...", names[^1]];
        context.Report(
            ManifestCodes.DependencyCycle,
            place,
            $"services wait for each other in a circle: {string.Join(" -> ", shown.Append(names[0]))}",
            $"let one of them not wait, for example remove \"{names[0]}\" from depends_on of \"{names[^1]}\"");
    }
}
