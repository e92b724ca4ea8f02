using System.Collections.Immutable;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Services;

/// <summary>One thing to do now. Steps are idempotent: planning again before a step has had its effect gives the same step.</summary>
internal abstract record ServiceStep(string Because)
{
    /// <param name="Stamp">Newer than the instance's: an explicit start.</param>
    public sealed record Start(string Lane, int Stamp, string Because) : ServiceStep(Because);

    public sealed record Restart(string Lane, int Stamp, string Because) : ServiceStep(Because);

    /// <summary>It is wanted, and waits.</summary>
    public sealed record Wait(string Lane, int Stamp, string Because) : ServiceStep(Because);

    public sealed record Stop(string Lane, string Because) : ServiceStep(Because);

    /// <summary>Tell the edge which processes may get requests.</summary>
    public sealed record Publish(ServiceTraffic Traffic, string Because) : ServiceStep(Because);

    /// <summary>The edge knows that it gets nothing more; wait until it has nothing in flight.</summary>
    public sealed record AwaitDrain(string Lane, string Because) : ServiceStep(Because);
}

/// <summary>What is to be remembered and what is to be done, now. When the record differs from the one planned for, it is journaled first and planned again.</summary>
internal sealed record ServicePlan(ServiceRecord Record, ImmutableArray<ServiceStep> Steps, string Because);
