using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Parsing.Shapes.Guards;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>What guards name is there.</summary>
internal static class GuardChecks
{
    public static void Run(StackDraft draft, Declared declared, ReadContext context)
    {
        foreach (var set in draft.Edge.GuardSets)
        {
            CheckSwitch(set.Guards.Switch, draft, declared, context);
        }

        foreach (var guards in draft.Routes.Select(r => r.Guards).OfType<GuardsDraft>())
        {
            if (guards.Name is { } name)
            {
                CheckSet(name, guards.Span, draft, declared, context);
            }

            CheckSwitch(guards.Own.Switch, draft, declared, context);
        }
    }

    private static void CheckSet(string name, SourceSpan place, StackDraft draft, Declared declared, ReadContext context)
    {
        var known = draft.Edge.GuardSets.Select(s => s.Name).ToArray();
        if (!known.Contains(name) && !declared.IsAttempted("edge", "guards", name))
        {
            var near = NearestWord.To(name, known);
            context.Report(ManifestCodes.UnknownGuards, place, $"a route uses the guards \"{name}\", which are not under edge.guards", near is null ? $"declare \"{name}\" under edge.guards" : $"write \"{near}\", or declare \"{name}\" under edge.guards");
        }
    }

    private static void CheckSwitch(SwitchGuardSpec? guard, StackDraft draft, Declared declared, ReadContext context)
    {
        if (guard is null)
        {
            return;
        }

        var known = draft.Switches.Select(s => s.Name).ToArray();
        if (guard.Name.Length > 0 && !known.Contains(guard.Name) && !declared.IsAttempted("switches", guard.Name))
        {
            var near = NearestWord.To(guard.Name, known);
            context.Report(
                ManifestCodes.UnknownSwitch, guard.Span, $"a route obeys the switch \"{guard.Name}\", which is not under switches",
                near is null ? $"add \"switches: {{ {guard.Name}: {{ default: on }} }}\"" : $"write \"{near}\", or declare \"{guard.Name}\" under switches");
        }

        if (guard.Off.Service is { } service && !declared.IsService(service))
        {
            context.Report(ManifestCodes.RouteToUnknownService, guard.Span, $"while \"{guard.Name}\" is off, \"{service}\" is to answer, which is no service", $"declare \"{service}\" under services, or name another");
        }
    }
}
