using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>A service as its neighbours see it.</summary>
internal sealed record Neighbour(ServiceRecord Record, ServiceSeen Seen);

/// <summary>All services of the stack, at one moment.</summary>
internal interface INeighbours
{
    IEnumerable<ServiceRecord> Records { get; }

    ServiceRecord? Record(ServiceName name);

    Neighbour? Find(ServiceName name);
}

/// <summary>What services owe each other, as pure functions of what is seen of all of them.</summary>
internal static class Dependencies
{
    public static DependenciesSeen Of(
        ServiceRecord record,
        INeighbours services,
        IReadOnlyDictionary<ServiceName, ExternalStatus> externals) => new(
            First(record.Spec, d => Missing(d, services, externals)),
            record.Reload is { } reload ? First(record.Find(reload.To).Spec, d => Unsettled(d, services)) : null,
            First((record.Reload is { } pending ? record.Find(pending.To) : record.Wanted).Spec, d => Failed(d, record, services)),
            record.Wish is ServiceWish.Up ? null : Users(record, services));

    /// <summary>Everything that <paramref name="names"/> need, themselves included; unknown names are left out.</summary>
    public static HashSet<ServiceName> Closure(IEnumerable<ServiceName> names, Func<ServiceName, ServiceSpec?> find)
    {
        var closure = new HashSet<ServiceName>();
        var open = new Stack<ServiceName>(names);
        while (open.TryPop(out var name))
        {
            if (find(name) is { } spec && closure.Add(name))
            {
                foreach (var dependency in spec.DependsOn)
                {
                    open.Push(dependency.On);
                }
            }
        }

        return closure;
    }

    private static string? First(ServiceSpec spec, Func<DependencySpec, string?> ask) => spec.DependsOn.Select(ask).FirstOrDefault(because => because is not null);

    private static string? Missing(DependencySpec dependency, INeighbours services, IReadOnlyDictionary<ServiceName, ExternalStatus> externals)
    {
        if (services.Find(dependency.On) is { } service)
        {
            return IsMet(dependency.Condition, service) ? null : $"waits for {dependency.On}: {WhyNot(service)}";
        }

        return externals.TryGetValue(dependency.On, out var external) switch
        {
            true when external!.Health is Health.Healthy or Health.Degraded => null,
            true => $"waits for {dependency.On}: {external.Because}",
            false => $"waits for {dependency.On}: it is not running",
        };
    }

    private static string? Unsettled(DependencySpec dependency, INeighbours services) => services.Find(dependency.On) switch
    {
        // One that is stopped will not settle; it counts as failed.
        null => null,
        { } service when IsDown(service) => null,
        { Record.Reload: not null } => $"waits until {dependency.On} is replaced",
        { } service when !IsMet(dependency.Condition, service) => $"waits for {dependency.On}: {WhyNot(service)}",
        _ => null,
    };

    private static string? Failed(DependencySpec dependency, ServiceRecord record, INeighbours services)
    {
        if (services.Find(dependency.On) is not { } service)
        {
            return null;
        }

        if (IsDown(service))
        {
            return $"it depends on {dependency.On}, which {(service.Record.Wish is ServiceWish.Up ? "is scaled to 0" : "is stopped")}";
        }

        var verdict = ServiceVerdict.Of(service.Record, service.Seen, record.Operation);
        var setback = service.Record is { Reload: null, Setback: { } s } && s.Operation == record.Operation;
        return verdict.Kind is VerdictKind.Failed or VerdictKind.Skipped && (setback || !IsMet(dependency.Condition, service))
            ? $"it depends on {dependency.On}, which failed"
            : null;
    }

    private static bool IsDown(Neighbour service) => service.Record is { Wish: not ServiceWish.Up } or { Count: 0 };

    private static bool IsMet(DependencyCondition condition, Neighbour service)
    {
        var current = service.Seen.Lanes.Where(l => l.Lane.Role is LaneRole.Current).ToList();
        return service.Record.Wish is ServiceWish.Up && current.Count > 0 && condition switch
        {
            DependencyCondition.Started => current.All(l => l.State.Generation > 0),
            DependencyCondition.Completed => current.All(l => l.State.Completed),

            // One that serves is enough for others to begin, but only once it is known how the rest turned out.
            DependencyCondition.Healthy => current.Any(l => l.IsGood) && current.All(l => l.IsGood || l.HasFailed || l.State.Phase is InstancePhase.Backoff),
        };
    }

    private static string WhyNot(Neighbour service) => IsDown(service)
        ? service.Record.Wish is ServiceWish.Up ? "it is scaled to 0" : "it is stopped"
        : service.Seen.Lanes.FirstOrDefault(l => l.Lane.Role is LaneRole.Current && !l.IsGood)?.State.Because ?? service.Record.Because;

    /// <summary>Those that need it and are on their way down, or on their way to a release that does not need it, go first.</summary>
    private static string? Users(ServiceRecord record, INeighbours services)
    {
        foreach (var user in services.Records.Where(user => Leaves(user, record.Name) && Needs(user, record.Name)))
        {
            if (services.Find(user.Name)!.Seen.Lanes.Any(l => l.State.HasProcess) && !Reaches(record, user.Name, services))
            {
                return $"waits until {user.Name} has stopped";
            }
        }

        return null;
    }

    private static bool Leaves(ServiceRecord user, ServiceName name) =>
        user.Wish is not ServiceWish.Up || (user.Reload is { Stage: not ReloadStage.Undoing } reload && user.Find(reload.To).Spec.DependsOn.All(d => d.On != name));

    private static bool Needs(ServiceRecord user, ServiceName name) => user.Wanted.Spec.DependsOn.Any(d => d.On == name);

    /// <summary>Two manifests in one change can need each other; then neither waits.</summary>
    private static bool Reaches(ServiceRecord from, ServiceName to, INeighbours services) =>
        Closure([from.Name], name => services.Record(name)?.Wanted.Spec).Contains(to);
}
