using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>One service as the loop last left it.</summary>
internal sealed record ServiceView(ServiceActor Actor, ServiceRecord Record, ImmutableArray<InstanceRunner> Runners);

/// <summary>The stack as the loop last left it; for everyone who only looks.</summary>
internal sealed record StackView(StackSpec? Spec, ImmutableSortedDictionary<ServiceName, ServiceView> Services)
{
    public static StackView Empty { get; } = new(null, ImmutableSortedDictionary<ServiceName, ServiceView>.Empty);

    public ServiceActor? Find(ServiceName name) => Services.GetValueOrDefault(name)?.Actor;

    public StackView With(StackRecord stack, IEnumerable<ServiceName> touched, IReadOnlyDictionary<ServiceName, ServiceActor> actors)
    {
        var services = Services;
        foreach (var name in touched.Concat(Services.Keys.Where(name => !actors.ContainsKey(name))))
        {
            services = actors.TryGetValue(name, out var actor)
                ? services.SetItem(name, new(actor, actor.Record, [.. actor.Runners]))
                : services.Remove(name);
        }

        return new(services.IsEmpty && !stack.Framed ? null : stack.Spec, services);
    }
}
