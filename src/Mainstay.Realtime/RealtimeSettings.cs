using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Shipped;

namespace Mainstay.Realtime;

/// <summary>The services' reading of their settings, for whoever wants to know before a start whether they can.</summary>
public static class RealtimeSettings
{
    /// <summary>Everything that the service itself would refuse to start with, but what its schema says. Files that variables name are read, by this user.</summary>
    public static ImmutableArray<SettingFault> Faults(ServiceKind kind, IReadOnlyDictionary<string, string> environment)
    {
        // A manifest may have rules of its own for these names, without our defaults.
        var complete = EnvSchemaEvaluator.WithDefaults(ShippedService.Environment(kind, null, SourceSpan.None), environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
        return kind switch
        {
            ServiceKind.Process => [],
            ServiceKind.Ingest => [.. IngestOptions.Faults(complete)],
            ServiceKind.Hub => [.. HubOptions.Faults(complete)],
        };
    }
}
