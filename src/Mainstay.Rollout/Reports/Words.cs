using System.Globalization;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Reports;

/// <summary>Values of a rollout as people read them.</summary>
internal static class Words
{
    public static string Of(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Preparing => "preparing",
        RolloutPhase.Rolling => "rolling",
        RolloutPhase.Baking => "baking",
        RolloutPhase.Undoing => "going back",
        RolloutPhase.Succeeded => "succeeded",
        RolloutPhase.Failed => "failed; what serves was not touched",
        RolloutPhase.RolledBack => "rolled back",
        RolloutPhase.Broken => "broken: what served before is wanted again but not proven to serve",
    };

    public static string Of(StepKind kind) => kind.ToString().ToLowerInvariant();

    public static string Of(StepState state) => state.ToString().ToLowerInvariant();

    public static string Of(DeployStrategy strategy) => strategy switch
    {
        DeployStrategy.Rolling => "rolling",
        DeployStrategy.BlueGreen => "blue-green",
        DeployStrategy.Canary => "canary",
    };

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");

    public static string Span(TimeSpan span) => span < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds} s");

    public static string Pid(InstanceSight? instance) => instance?.Pid?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
