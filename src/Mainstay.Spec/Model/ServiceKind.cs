namespace Mainstay.Spec.Model;

/// <summary>What a service is.</summary>
public enum ServiceKind
{
    /// <summary>A program of the user's.</summary>
    Process,

    /// <summary>Audio over WebSockets into a stream; ships with Mainstay.</summary>
    Ingest,

    /// <summary>Devices, rooms and requests over WebSockets; ships with Mainstay.</summary>
    Hub,
}
