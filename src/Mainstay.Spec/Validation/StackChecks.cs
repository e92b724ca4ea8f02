using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Validation;

/// <summary>Holds the parts of a manifest against each other. What is wrong within one part was reported when it was read.</summary>
internal static class StackChecks
{
    public static void Run(StackSpec stack, StackDraft draft, MapNode root, ReadContext context)
    {
        var declared = new Declared(root);
        DependencyChecks.Run(stack, draft, declared, context);
        CycleChecks.Run(stack, context);
        PortChecks.Run(stack, declared, context);
        ProbeChecks.Run(stack, declared, context);
        RouteChecks.Run(stack, draft, declared, context);
        GuardChecks.Run(draft, declared, context);
        RolloutChecks.Run(stack, declared, context);
        EdgeChecks.Run(stack, declared, context);
        EnvironmentChecks.Run(stack, declared, context);
    }
}

/// <summary>What the manifest names, even where its description could not be read: a broken service is not an undeclared one.</summary>
internal sealed class Declared(MapNode root)
{
    private readonly HashSet<string> _services = Names(root, "services");
    private readonly HashSet<string> _externals = Names(root, "external");

    public IEnumerable<string> All => _services.Concat(_externals);

    public IEnumerable<string> Services => _services;

    public bool IsService(ServiceName name) => _services.Contains(name.Value);

    public bool IsExternal(ServiceName name) => _externals.Contains(name.Value);

    /// <summary>Whether this very key was written for a service, with a value other than false.</summary>
    public bool Says(ServiceName service, params string[] keys)
    {
        Node? at = root;
        foreach (var key in (string[])["services", service.Value, .. keys])
        {
            at = (at as MapNode)?.Find(key);
        }

        return at is not (null or ScalarNode { Text: "false" or "False" or "FALSE" });
    }

    /// <summary>Whether something was written there, or above it in a form that was already reported: what is unreadable is not absent.</summary>
    public bool IsAttempted(params string[] keys)
    {
        Node at = root;
        foreach (var key in keys)
        {
            if (at is not MapNode map)
            {
                return true;
            }

            if (map.Find(key) is not { } below)
            {
                return false;
            }

            at = below;
        }

        return at is not ListNode { Items.IsEmpty: true };
    }

    /// <summary>The place of what was written for a service, as deep as it exists.</summary>
    public SourceSpan PlaceOf(ServiceName service, params string[] keys)
    {
        Node at = root;
        foreach (var key in (string[])["services", service.Value, .. keys])
        {
            at = (at as MapNode)?.Find(key) ?? at;
        }

        return at.Span;
    }

    /// <summary>The place of a name that stands under services or external.</summary>
    public SourceSpan KeyPlace(string section, string name) =>
        (root.Find(section) as MapNode)?.Entries.FirstOrDefault(e => e.Key == name)?.Span ?? root.Span;

    private static HashSet<string> Names(MapNode root, string section) =>
        (root.Find(section) as MapNode)?.Entries.Select(e => e.Key).ToHashSet(StringComparer.Ordinal) ?? [];
}
