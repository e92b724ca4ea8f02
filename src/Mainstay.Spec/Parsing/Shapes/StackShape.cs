using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Shapes.Guards;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>The whole manifest before its parts are held against each other.</summary>
internal sealed record StackDraft(
    StackName Name,
    EdgeSpec Edge,
    ImmutableArray<ServiceDraft> Services,
    ImmutableArray<ExternalSpec> External,
    ImmutableArray<RouteDraft> Routes,
    ImmutableArray<SwitchSpec> Switches);

internal sealed class StackShape() : Shape<StackDraft>("manifest")
{
    private static readonly Key<string> s_stack = new("stack", CommonKinds.Name, "", "The stack's name.")
    {
        IsRequired = true,
        AlsoKnownAs = ["name", "project", "app"],
    };

    private static readonly Key<EdgeSpec> s_edge = new("edge", new EdgeShape(), EdgeSpec.None, "How requests come in.", "no edge")
    {
        AlsoKnownAs = ["proxy", "ingress", "gateway"],
    };

    private static readonly Key<ImmutableArray<Named<ServiceDraft>>> s_services = new(
        "services",
        new MapKind<ServiceDraft>(new ServiceShape(), CommonKinds.NameRule, "a map of names to services", "{ api: { command: [ node, server.js ] } }"),
        [],
        "What is run, by name.")
    {
        IsRequired = true,
        AlsoKnownAs = ["apps", "processes", "programs"],
    };

    private static readonly Key<ImmutableArray<Named<ExternalSpec>>> s_external = new(
        "external",
        new MapKind<ExternalSpec>(new ExternalShape(), CommonKinds.NameRule, "a map of names to externals", "{ redis: { tcp: \"127.0.0.1:6379\" } }"),
        [],
        "What services need and Mainstay does not run: waited for, watched, shown.")
    {
        AlsoKnownAs = ["externals", "external_services"],
    };

    private static readonly Key<ImmutableArray<Item<RouteDraft>>> s_routes = new(
        "routes",
        new ListKind<RouteDraft>(new RouteShape(), "a list of routes"),
        [],
        "Which service answers which requests.")
    {
        AlsoKnownAs = ["rules", "paths"],
    };

    private static readonly Key<ImmutableArray<Named<SwitchSpec>>> s_switches = new(
        "switches",
        new MapKind<SwitchSpec>(new SwitchShape(), CommonKinds.NameRule, "a map of names to switches", "{ hooks: { default: on } }"),
        [],
        "Kill switches, which routes obey and services can read.")
    {
        AlsoKnownAs = ["kill_switches", "toggles", "flags", "features"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_stack, s_edge, s_services, s_external, s_routes, s_switches];

    protected override StackDraft Build(Fields fields)
    {
        var services = fields.Read(s_services);
        if (fields.Map.Find(s_services.Name) is MapNode { Entries.IsEmpty: true } or ScalarNode { IsNothing: true })
        {
            fields.Report(ManifestCodes.NoServices, s_services, "\"services\" is empty, so there is nothing to run", "add a service with a command");
        }

        return new StackDraft(
            new StackName(fields.Read(s_stack)),
            fields.Read(s_edge),
            services.Values(),
            fields.Read(s_external).Values(),
            fields.Read(s_routes).Values(),
            [.. fields.Read(s_switches).Select(s => s.Value with { Name = s.Name })]);
    }
}
