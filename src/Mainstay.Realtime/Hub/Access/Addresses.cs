namespace Mainstay.Realtime.Hub.Access;

/// <summary>What nothing crosses: a restaurant, a shop. From a token's claims, never from a message.</summary>
internal readonly record struct Branch(string Name)
{
    public override string ToString() => Name;
}

/// <summary>A device. There is none without its branch, so devices of one name in two branches are two devices everywhere.</summary>
internal readonly record struct DeviceAddress(Branch Branch, string Id)
{
    public override string ToString() => $"{Branch}/{Id}";
}

/// <summary>What does one request at a time: a device, or one part of it.</summary>
/// <param name="Device">Where requests to it are queued.</param>
/// <param name="Part">E.g. a printer behind a till; empty for the device itself.</param>
internal readonly record struct TargetAddress(DeviceAddress Device, string Part)
{
    /// <summary>As in <c>to</c> on the wire: within its branch.</summary>
    public string Wire => Part.Length == 0 ? $"device:{Device.Id}" : $"device:{Device.Id}/{Part}";

    public override string ToString() => Part.Length == 0 ? Device.ToString() : $"{Device}/{Part}";
}

internal readonly record struct RoomAddress(Branch Branch, string Name)
{
    public override string ToString() => $"{Branch}/{Name}";
}
