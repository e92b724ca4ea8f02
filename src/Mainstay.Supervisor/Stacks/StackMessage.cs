using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Stacks;

/// <summary>What can be said to a stack's loop.</summary>
internal abstract record StackMessage
{
    private StackMessage()
    {
    }

    /// <summary>Something of this service is not as it was: look.</summary>
    public sealed record Changed(ServiceName Service) : StackMessage;

    public sealed record ExternalChanged : StackMessage;

    /// <param name="Confirmed">False when the edge could not be told.</param>
    public sealed record Published(ServiceName Service, long Number, bool Confirmed) : StackMessage;

    public sealed record Begin(Operation Operation) : StackMessage;

    /// <summary>Whoever waits for an operation waits no longer; what it set in motion is for the next one to deal with.</summary>
    public sealed record GiveWay(string Because) : StackMessage;

    /// <summary>Time has passed, and an operation may have waited long enough.</summary>
    public sealed record Tick : StackMessage;
}
