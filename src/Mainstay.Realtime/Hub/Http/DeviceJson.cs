using System.Buffers;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Quality;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Storage;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>What is known of devices, for backends: nothing that a device did not say or do.</summary>
internal static class DeviceJson
{
    /// <summary>Who may ask something of a device, or watch it, may know of it.</summary>
    public static bool MaySee(Identity who, KnownDevice device) => MaySee(who, device.Address.Id);

    private static bool MaySee(Identity who, string device) => AccessRules.MayWatch(who, $"device:{device}") || who.Claims.Ask.Any(a => a.Device.Matches(device));

    public static byte[] List(Identity who, HubView view) => Write(w =>
    {
        w.WriteStartObject();
        w.WriteStartArray("devices");
        foreach (var device in view.Devices.In(who.Branch).Where(d => MaySee(who, d)))
        {
            Device(w, device, view);
        }

        w.WriteEndArray();
        w.WriteEndObject();
    });

    /// <summary>How the devices and their connections are, as it was at <c>at</c>.</summary>
    public static byte[] Health(Identity who, HubView view) => Write(w =>
    {
        var report = view.Links.Health(who.Branch, view.Requests, view.Now);
        w.WriteStartObject();
        w.WriteNumber("at", report.At.ToUnixTimeMilliseconds());
        w.WriteStartArray("devices");
        foreach (var device in report.Devices.Where(d => MaySee(who, d.Device)))
        {
            w.WriteStartObject();
            w.WriteString("id", device.Device);
            w.WriteBoolean("online", device.Online);
            w.WriteString("link", device.Grade?.Word());
            w.WritePropertyName("rtt_ms");
            if (device.Mean is { } mean)
            {
                w.WriteNumberValue((long)mean.TotalMilliseconds);
            }
            else
            {
                w.WriteNullValue();
            }

            w.WriteNumber("missed", device.Missed);
            w.WriteNumber("waiting", device.Waiting);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteEndObject();
    });

    public static byte[] One(KnownDevice device, HubView view) => Write(w => Device(w, device, view));

    private static void Device(Utf8JsonWriter w, KnownDevice device, HubView view)
    {
        w.WriteStartObject();
        w.WriteString("id", device.Address.Id);
        w.WriteBoolean("online", view.Devices.Online(device.Address) is not null);
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
        w.WriteNumber("waiting", view.Requests.Waiting(device.Address));
        w.WriteString("link", view.Links.Of(device.Address)?.Grade.Word());
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
