namespace Mainstay.Linux.Polling;

/// <summary>What a descriptor is ready for; the values are epoll's.</summary>
[Flags]
public enum Readiness : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,

    /// <summary>Always reported, wanted or not.</summary>
    Error = 0x008,

    /// <summary>The other side is gone. Always reported, wanted or not.</summary>
    HungUp = 0x010,
}
