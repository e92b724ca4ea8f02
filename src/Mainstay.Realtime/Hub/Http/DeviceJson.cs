using System.Buffers;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Storage;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>What is known of devices, for backends: nothing that a device did not say or do.</summary>
internal static class DeviceJson
{
    /// <summary>Who may ask something of a device, or watch it, may know of it.</summary>
    public static bool MaySee(Identity who, KnownDevice device) =>
        AccessRules.MayWatch(who, $"device:{device.Address.Id}") || who.Claims.Ask.Any(a => a.Device.Matches(device.Address.Id));

    public static byte[] List(Identity who, DeviceBook book, RequestDesk desk) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteStartArray("devices");
        foreach (var device in book.In(who.Branch).Where(d => MaySee(who, d)))
        {
            Device(w, device, book, desk);
        }

        w.WriteEndArray();
        w.WriteEndObject();
    });

    public static byte[] One(KnownDevice device, DeviceBook book, RequestDesk desk) => Write(w => Device(w, device, book, desk));

    private static void Device(Utf8JsonWriter w, KnownDevice device, DeviceBook book, RequestDesk desk)
    {
        w.WriteStartObject();
        w.WriteString("id", device.Address.Id);
        w.WriteBoolean("online", book.Online(device.Address) is not null);
        w.WriteString("kind", device.Kind);
        w.WriteString("version", device.Version);
        w.WriteStartArray("caps");
        foreach (var cap in device.Caps)
        {
            w.WriteStringValue(cap);
        }

        w.WriteEndArray();
        w.WriteNumber("first_seen", device.FirstSeen.ToUnixTimeMilliseconds());
        w.WriteNumber("last_seen", device.LastSeen.ToUnixTimeMilliseconds());
        w.WriteNumber("waiting", desk.Waiting(device.Address));
        w.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            fields(writer);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
