using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Shapes.Guards;

namespace Mainstay.Spec.Parsing.Shapes;

/// <param name="IsReadable">False when host or path were wrong, so that the route cannot be compared with others.</param>
internal sealed record RouteDraft(RouteSpec Spec, SourceSpan ServicePlace, bool IsReadable, GuardsDraft? Guards);

internal sealed class RouteShape() : Shape<RouteDraft>("route")
{
    private static readonly Key<string> s_host = new("host", HostName.Exact, "", "Only requests for this host.", "every host")
    {
        AlsoKnownAs = ["domain", "hostname", "server_name"],
    };

    private static readonly Key<string> s_path = new(
        "path",
        UrlPath.Kind("/api", withQuery: false),
        "/",
        "Requests for this path and everything below it; the longest path wins.")
    {
        AlsoKnownAs = ["prefix", "location", "match"],
    };

    private static readonly Key<string> s_service = new("service", CommonKinds.Name, "", "The service that answers.")
    {
        IsRequired = true,
        AlsoKnownAs = ["to", "target", "upstream", "backend"],
    };

    private static readonly Key<bool> s_stripPrefix = new("strip_prefix", CommonKinds.Truth, false, "Removes the route's path before the request is passed on.");

    private static readonly Key<TimeSpan> s_timeout = new(
        "timeout",
        new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24), "30s"),
        TimeSpan.FromSeconds(30),
        "How long the answer may take to begin, and then each silence within it; 0 is no limit.");

    private static readonly Key<GuardsDraft?> s_guards = new("guards", GuardsShape.Kind!, null, "What is checked before a request is passed on: guards of its own, or the name of a set under edge.guards.", "none")
    {
        AlsoKnownAs = ["guard", "middlewares", "middleware", "filters"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_host, s_path, s_service, s_stripPrefix, s_timeout, s_guards];

    protected override RouteDraft Build(Fields fields)
    {
        var hasPath = fields.TryRead(s_path, out var path);
        var hasHost = fields.TryRead(s_host, out var host);
        var spec = new RouteSpec(
            host?.ToLowerInvariant(),
            path is null ? s_path.Absent : path.Length > 1 ? path.TrimEnd('/') : path,
            new ServiceName(fields.Read(s_service)),
            fields.Read(s_stripPrefix),
            fields.Read(s_timeout),
            fields.Span);
        return new RouteDraft(spec, fields.At(s_service), hasPath == fields.Has(s_path) && hasHost == fields.Has(s_host), Guards(fields));
    }

    private static GuardsDraft? Guards(Fields fields) => fields.Read(s_guards) is { } guards ? guards with { Span = fields.At(s_guards) } : null;
}
