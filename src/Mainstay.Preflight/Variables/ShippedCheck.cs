using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using Mainstay.Spec.Shipped;

namespace Mainstay.Preflight.Variables;

/// <summary>What a service that ships with Mainstay would refuse to start with, found by its own reader before anything is started.</summary>
internal static class ShippedCheck
{
    public static void Run(ServiceCase service, SecretSource source, SettingsReader? read, Findings findings)
    {
        // What the schema says is said already; and a value that nobody here knows cannot be judged.
        if (read is null || service.Service.Kind is ServiceKind.Process || service.UnreadVariables is not { IsEmpty: true } || source.Schema is not { } schema)
        {
            return;
        }

        var said = EnvSchemaEvaluator.Check(schema, source.Environment, source.Where);
        foreach (var fault in read(service.Service.Kind, source.Environment))
        {
            var name = $"{fault.Variable} of service \"{service.Service.Name}\"";
            if (!said.Any(p => p.What.StartsWith($"{name} ", StringComparison.Ordinal)))
            {
                findings.Error(
                    EnvironmentCodes.CannotStartWith, source.Where.SetAt.GetValueOrDefault(fault.Variable) ?? findings.At(service.Service.Span, $"environment.{fault.Variable}"), $"{name} {fault.What}", fault.Fix);
            }
        }
    }
}
