using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Services;

/// <summary>How one process of a service makes way for the next.</summary>
internal enum ReplaceMode
{
    /// <summary>The new one starts beside the old one and takes over when it is ready.</summary>
    SuccessorFirst,

    /// <summary>Only one may live at a time: the old one stops, the new one starts, and if it fails the old release is started again.</summary>
    StopFirst,
}

/// <summary>The choice of a mode.</summary>
internal static class Replacing
{
    /// <summary>
    /// Two processes cannot own a fixed port; a manifest may say that instances can be away, which saves the memory of two. And where nothing can be asked (no port, no check) readiness is only a guess and two
    /// copies of a worker may do a job twice, so those are replaced in place as well. A hub has one process at a time, because the queues of its devices are in it.
    /// </summary>
    public static ReplaceMode ModeOf(ServiceSpec from, ServiceSpec to) =>
        from.Kind is ServiceKind.Hub || CannotBeAsked(from) || CannotBeAsked(to) || to.Rollout.Deploy.MaxUnavailable > 0 || (from.Port.Kind is PortKind.Fixed && from.Port == to.Port)
            ? ReplaceMode.StopFirst
            : ReplaceMode.SuccessorFirst;

    private static bool CannotBeAsked(ServiceSpec spec) => spec.Port.Kind is PortKind.None && spec.Healthcheck is null;
}
