using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Spec.Model;
using Mainstay.Spec.Validation;

namespace Mainstay.Rollout.Planning;

/// <summary>What a plan is made from, all of it found out before.</summary>
/// <param name="Changes">By service: what changed in its source and environment.</param>
/// <param name="Preflight">What was examined and what the user should know.</param>
internal sealed record PlanInput(
    long Number,
    RolloutKind Kind,
    string By,
    DateTimeOffset Now,
    RolloutMaterial Material,
    ImmutableDictionary<ServiceName, SourceChange> Changes,
    ImmutableArray<EvidenceBlock> Preflight);

/// <summary>The whole way of a rollout, before its first step. Pure: <c>--dry-run</c> prints what the daemon will walk.</summary>
internal static class RolloutPlanner
{
    public static RolloutRecord Plan(PlanInput input)
    {
        var (material, parts) = (input.Material, Ordered(input.Material));
        var services = parts.Select(p => Service(p.Part, p.Layer, input)).ToImmutableArray();
        var deadline = parts.Select(p => p.Part.To.Spec.Rollout.Deploy.Deadline).DefaultIfEmpty(DeploySpec.Default.Deadline).Max();
        return new(
            input.Number,
            input.Kind,
            material.After.Name.Value,
            input.By,
            input.Now,
            null,
            input.Now + deadline,
            services,
            [.. Steps(input, [.. parts.Select(p => p.Part)])],
            RolloutPhase.Preparing,
            RolloutWish.Go,
            "planned",
            null,
            null,
            null,
            [])
        {
            StackChanges = StackChanges(material),
        };
    }

    private static string Because(ImmutableArray<string> changes) => changes.IsEmpty ? "routes and counts are as the manifest has them" : string.Join("; ", changes);

    /// <summary>What comes with the manifest and is no release: nothing of it may happen unsaid.</summary>
    private static ImmutableArray<string> StackChanges(RolloutMaterial material)
    {
        var changes = new List<string>();
        foreach (var gone in material.BeforeServices.Where(b => material.Wanted(b.Spec.Name) is null))
        {
            changes.Add($"{gone.Spec.Name} is stopped and removed: the manifest no longer has it");
        }

        foreach (var after in material.AfterServices)
        {
            if (material.Earlier(after.Spec.Name)?.Spec.Instances is { } count && count != after.Spec.Instances)
            {
                changes.Add(FormattableString.Invariant($"{after.Spec.Name} goes from {count} to {after.Spec.Instances} instances"));
            }
        }

        if (material.Before is { } before)
        {
            changes.AddRange(material.After.Routes.Select(Text).Except(before.Routes.Select(Text)).Select(r => $"route {r} is new"));
            changes.AddRange(before.Routes.Select(Text).Except(material.After.Routes.Select(Text)).Select(r => $"route {r} goes"));
        }

        return [.. changes];
    }

    private static string Text(RouteSpec route) => $"{route.Host}{route.Path} to {route.Service}";

    private static IEnumerable<RolloutStep> Steps(PlanInput input, ImmutableArray<RolloutPart> parts)
    {
        yield return new(StepKind.Preflight, [.. parts.Select(Name)], StepState.Done, input.Now, input.Now, "sources, manifest and host were examined", input.Preflight, null);
        var made = parts.Where(p => p is { SourceId: not null, IsMade: false }).ToImmutableArray();
        foreach (var part in made)
        {
            yield return Pending(StepKind.Fetch, part, $"a clean checkout of {part.SourceId}");
        }

        foreach (var part in made.Where(p => !p.To.Spec.Rollout.Build.IsEmpty))
        {
            yield return Pending(StepKind.Build, part, string.Join(" && ", part.To.Spec.Rollout.Build.Select(CommandText.Of)));
        }

        foreach (var part in parts.Where(p => p.SourceId is not null))
        {
            yield return Pending(StepKind.Artifacts, part, part.IsMade ? $"{part.To.Release} is on disk as it was sealed" : $"{Artifacts(part)} and every file is hashed");
        }

        // A database that this rollout is the first to start must be there before anybody's data can be kept or migrated.
        var early = input.Kind is RolloutKind.Deploy ? Early(parts, input.Material.After) : [];
        if (early.Length > 0 && input.Material.Before is null)
        {
            yield return Frame();
        }

        foreach (var part in early)
        {
            yield return Roll(part);
        }

        // A rollback brings code back, never data: that is for people to decide.
        foreach (var part in input.Kind is RolloutKind.Deploy ? parts : [])
        {
            if (part.To.Spec.Rollout.Backup is not null)
            {
                yield return Pending(StepKind.Backup, part, "what it would lose is kept");
            }
        }

        foreach (var shared in input.Kind is RolloutKind.Deploy ? Migrations(parts) : [])
        {
            yield return new(StepKind.Migrate, [.. shared.Select(Name)], StepState.Pending, null, null, $"{CommandText.Of(shared[0].To.Spec.Rollout.Migrate!.Command)}, once", [], null);
        }

        if (early.IsEmpty && input.Material.Before is null)
        {
            yield return Frame();
        }

        foreach (var part in parts.Except(early))
        {
            yield return Roll(part);
        }

        ImmutableArray<ServiceName> all = [.. input.Material.AfterServices.Select(s => s.Spec.Name)];
        yield return new(StepKind.Apply, [], StepState.Pending, null, null, Because(StackChanges(input.Material)), [], null);
        yield return new(StepKind.Prove, all, StepState.Pending, null, null, "every process runs its release, as the kernel tells", [], null);
        var bake = parts.Select(p => p.To.Spec.Rollout.Deploy.Bake).DefaultIfEmpty(TimeSpan.Zero).Max();
        if (bake > TimeSpan.Zero && parts.Length > 0)
        {
            yield return new(StepKind.Bake, [.. parts.Select(Name)], StepState.Pending, null, null, FormattableString.Invariant($"watched for {bake.TotalSeconds:0.#} s"), [], null);
        }
    }

    private static RolloutStep Frame() => new(StepKind.Frame, [], StepState.Pending, null, null, "the stack and its edge are there before its services", [], null);

    private static RolloutStep Roll(RolloutPart part) =>
        Pending(StepKind.Roll, part, part.From is null ? $"starts as {part.To.Release}" : $"{part.From.Release} → {part.To.Release}");

    /// <summary>New services that one with a backup or a migration needs, and that have neither themselves.</summary>
    private static ImmutableArray<RolloutPart> Early(ImmutableArray<RolloutPart> parts, StackSpec stack)
    {
        var needed = new HashSet<ServiceName>();
        var open = new Stack<ServiceName>(parts.Where(TouchesData).Select(Name));
        while (open.TryPop(out var name))
        {
            foreach (var dependency in stack.Find(name)?.DependsOn ?? [])
            {
                if (needed.Add(dependency.On))
                {
                    open.Push(dependency.On);
                }
            }
        }

        return [.. parts.Where(p => p.From is null && needed.Contains(Name(p)) && !TouchesData(p))];
    }

    private static bool TouchesData(RolloutPart part) => part.To.Spec.Rollout is { Backup: not null } or { Migrate: not null };

    /// <summary>Layer by layer, in the order of the manifest within each: those that share a migration always come in the same order.</summary>
    private static ImmutableArray<(RolloutPart Part, int Layer)> Ordered(RolloutMaterial material)
    {
        var layers = StartLayers.Of(material.After);
        var place = layers.SelectMany((names, layer) => names.Select(name => (name, layer))).ToDictionary(p => p.name, p => p.layer);
        var order = material.After.Services.Select((s, i) => (s.Name, i)).ToDictionary(p => p.Name, p => p.i);
        return
        [
            .. material.Parts.Select(p => (Part: p, Layer: place.GetValueOrDefault(Name(p))))
                .OrderBy(p => p.Layer)
                .ThenBy(p => order.GetValueOrDefault(Name(p.Part))),
        ];
    }

    /// <summary>One migration for services that share source and command: it must not run once for each of them.</summary>
    private static IEnumerable<ImmutableArray<RolloutPart>> Migrations(ImmutableArray<RolloutPart> parts) =>
        parts.Where(p => p.To.Spec.Rollout.Migrate is not null)
            .GroupBy(p => (p.SourceId ?? p.To.Spec.Directory, string.Join('\0', p.To.Spec.Rollout.Migrate!.Command.Argv)))
            .Select(g => g.ToImmutableArray());

    private static RolloutService Service(RolloutPart part, int layer, PlanInput input)
    {
        var choice = StrategyChoice.Of(part.From?.Spec, part.To.Spec, input.Material.After.Routes.Any(r => r.Service == Name(part)));
        return new(Name(part), layer, part.From?.Release, part.To.Release, choice.Strategy, choice.KeepsServing, choice.Because, input.Changes.GetValueOrDefault(Name(part)), [], []);
    }

    private static string Artifacts(RolloutPart part) => part.To.Spec.Rollout.Artifacts is { IsEmpty: false } artifacts
        ? $"{string.Join(", ", artifacts.Take(5).Select(a => a.Path))}{(artifacts.Length > 5 ? " …" : "")} must be there"
        : "its files are checked";

    private static RolloutStep Pending(StepKind kind, RolloutPart part, string because) => new(kind, [Name(part)], StepState.Pending, null, null, because, [], null);

    private static ServiceName Name(RolloutPart part) => part.To.Spec.Name;
}
