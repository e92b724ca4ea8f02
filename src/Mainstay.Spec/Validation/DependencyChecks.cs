using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Whether what services wait for exists, and can happen.</summary>
internal static class DependencyChecks
{
    public static void Run(StackSpec stack, StackDraft draft, Declared declared, ReadContext context)
    {
        foreach (var external in stack.External.Where(e => declared.IsService(e.Name)))
        {
            var service = declared.KeyPlace("services", external.Name.Value);
            context.Report(
                ManifestCodes.NameTakenTwice,
                declared.KeyPlace("external", external.Name.Value),
                $"\"{external.Name}\" is an external and also a service (line {service.Line})",
                "rename one of them");
        }

        foreach (var (service, wishes) in stack.Services.Zip(draft.Services, (spec, wished) => (spec, wished.DependsOn)))
        {
            foreach (var (dependency, wish) in service.DependsOn.Zip(wishes))
            {
                Check(stack, service, dependency, wish.Condition is not null, declared, context);
            }

            foreach (var again in service.DependsOn.GroupBy(d => d.On).SelectMany(g => g.Skip(1)))
            {
                context.Report(ManifestCodes.DuplicateKey, again.Span, $"service \"{service.Name}\" waits for \"{again.On}\" twice", "keep one of the two");
            }
        }
    }

    private static void Check(StackSpec stack, ServiceSpec service, DependencySpec dependency, bool stated, Declared declared, ReadContext context)
    {
        var on = dependency.On;
        if (on == service.Name)
        {
            context.Report(ManifestCodes.DependsOnItself, dependency.Span, $"service \"{service.Name}\" waits for itself", $"remove \"{on}\" from its depends_on");
        }
        else if (!declared.IsService(on) && !declared.IsExternal(on))
        {
            var near = NearestWord.To(on.Value, declared.All.Where(n => n != service.Name.Value));
            context.Report(
                ManifestCodes.UnknownDependency,
                dependency.Span,
                $"service \"{service.Name}\" waits for \"{on}\", which is not declared",
                $"{(near is null ? "" : $"write \"{near}\" if that was meant; else ")}declare \"{on}\" under services or external, or remove it from depends_on");
        }
        else if (WhyNever(stack.Find(on), dependency, stated) is { } never)
        {
            context.Report(
                ManifestCodes.ConditionNeverMet,
                dependency.Span,
                $"service \"{service.Name}\" waits until \"{on}\" {never.Until}, but {never.But}",
                never.Fix);
        }
    }

    private static (string Until, string But, string Fix)? WhyNever(ServiceSpec? other, DependencySpec dependency, bool stated) => dependency.Condition switch
    {
        DependencyCondition.Completed when other is null =>
            ("has completed", "it is external, and Mainstay does not see externals complete", "write \"healthy\""),
        DependencyCondition.Completed when other.Restart.Policy is RestartKind.Always =>
            ("has completed", "that is started again whenever it exits", $"add \"restart: on-failure\" to \"{dependency.On}\", or write \"started\" or \"healthy\""),
        DependencyCondition.Healthy when stated && other is not null && !Completion.CanTellHealth(other) =>
            ("is healthy", "that has neither a healthcheck nor a port to tell by", $"add a healthcheck to \"{dependency.On}\", or write \"started\""),
        DependencyCondition.Started or DependencyCondition.Healthy or DependencyCondition.Completed => null,
    };
}
