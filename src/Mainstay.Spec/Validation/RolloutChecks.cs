using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>A rollout can go the way that its service asks for: with its port, its routes and its instances.</summary>
internal static class RolloutChecks
{
    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        var routed = stack.Routes.Select(r => r.Service).ToHashSet();
        foreach (var service in stack.Services)
        {
            CheckStrategy(service, declared, context);
            CheckVerify(service, declared, context);
            if (service.Rollout.Deploy.Strategy is DeployStrategy.Canary && !routed.Contains(service.Name) && AllRoutesAreRead(stack, declared))
            {
                context.Report(
                    ManifestCodes.StrategyImpossible,
                    declared.PlaceOf(service.Name, "deploy", "strategy"),
                    $"service \"{service.Name}\" asks for a canary, but no route leads to it, and a canary is a share of the edge's traffic",
                    $"add a route to \"{service.Name}\", or write \"strategy: rolling\"");
            }
        }
    }

    private static void CheckStrategy(ServiceSpec service, Declared declared, ReadContext context)
    {
        var deploy = service.Rollout.Deploy;
        if (deploy.Strategy is not DeployStrategy.Rolling && service.Port.Kind is PortKind.Fixed)
        {
            context.Report(
                ManifestCodes.StrategyImpossible,
                declared.PlaceOf(service.Name, "deploy", "strategy"),
                $"service \"{service.Name}\" asks for {DeployShape.Strategies.Show(deploy.Strategy)}, where old and new processes run side by side, but only one process can have its fixed port {service.Port.Number}",
                "write \"port: auto\" and let the service listen on PORT, or \"strategy: rolling\"");
        }

        if (deploy.MaxUnavailable > service.Instances && declared.Says(service.Name, "deploy", "max_unavailable"))
        {
            context.Report(
                ManifestCodes.ValuesDisagree,
                declared.PlaceOf(service.Name, "deploy", "max_unavailable"),
                $"service \"{service.Name}\" has {service.Instances} {(service.Instances == 1 ? "instance" : "instances")}, but max_unavailable is {deploy.MaxUnavailable}",
                "let max_unavailable be less than instances; 0 keeps all of them");
        }
    }

    private static void CheckVerify(ServiceSpec service, Declared declared, ReadContext context)
    {
        if (service.Port.Kind is not PortKind.None || declared.Says(service.Name, "port"))
        {
            return;
        }

        foreach (var verify in service.Rollout.Deploy.Verify.Where(v => v.Probe is HttpProbeSpec))
        {
            context.Report(
                ManifestCodes.VerifyImpossible,
                verify.Span,
                $"service \"{service.Name}\" is verified by http, but has no port to ask",
                "add \"port: auto\" to the service, or verify by \"command\"");
        }
    }

    /// <summary>A route whose service could not be read may lead anywhere.</summary>
    private static bool AllRoutesAreRead(StackSpec stack, Declared declared) =>
        stack.Routes.All(r => r.Service.Value.Length > 0) && (!stack.Routes.IsEmpty || !declared.IsAttempted("routes"));
}
