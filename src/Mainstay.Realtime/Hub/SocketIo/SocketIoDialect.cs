using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>One connection that speaks Socket.IO: Engine.IO's frames, packets in the map's namespace, and events by the map.</summary>
internal sealed class SocketIoDialect : IHubDialect
{
    private static readonly ReadOnlyMemory<byte> s_pong = "3"u8.ToArray();

    private readonly EventMap? _map;
    private readonly string _session;
    private readonly EngineHeart _heart;
    private readonly string _namespace;
    private readonly EventTranslation _in;
    private readonly EventEmission _out;
    private volatile Identity? _who;
    private volatile bool _isConnected;
    private Attachments? _attachments;
    private string? _role;

    /// <param name="session">Of Engine.IO.</param>
    /// <param name="heart">Hears that the client lives.</param>
    public SocketIoDialect(EventMap? map, string session, EngineHeart heart)
    {
        var waiting = new WaitingAcks();
        (_map, _session, _heart, _namespace) = (map, session, heart, map?.Namespace ?? SocketPacket.Root);
        (_in, _out) = (new(map, waiting), new(map, waiting));
    }

    public ImmutableArray<ReadOnlyMemory<byte>> First => [EngineText.Open(_session, _heart.Limits)];

    public FrameRead Read(Message received)
    {
        if (received.Kind is MessageKind.Binary)
        {
            return Attach(received.Bytes);
        }

        if (!Utf8.IsValid(received.Bytes.Span))
        {
            return FrameRead.Nothing with { Close = HubClose.NotUtf8 };
        }

        // An attachment that does not follow its packet at once never does.
        _attachments = null;
        return received.Bytes.Span switch
        {
            [(byte)'4', ..] => SocketPacketText.Read(received.Bytes[1..]) is { } packet ? Take(packet) : Bad("that is no packet of Socket.IO 5"),
            [(byte)'3'] => Alive(),
            [(byte)'2'] => new([], [s_pong]),
            [(byte)'1'] => FrameRead.Nothing with { IsEnd = true },
            [(byte)'6'] => FrameRead.Nothing,
            _ => Bad("that is no packet of Engine.IO 4"),
        };
    }

    public FrameWritten Write(ReadOnlyMemory<byte> frame)
    {
        if (_isConnected)
        {
            return Packets(_out.Emit(frame, _who), []);
        }

        using var document = JsonDocument.Parse(frame);
        var message = document.RootElement;
        if (EventMessages.KindOf(message) == "welcome")
        {
            _isConnected = true;
            return Packets(_out.Emit(frame, _who), [Frame(SocketPacketKind.Connect, null, Object(w => w.WriteString("sid", message.GetProperty("session").GetString())))]);
        }

        // Whoever is not in yet hears of errors only by this.
        return message.TryGetProperty("code", out var code) ? new([Refusal(code.GetString()!, message.GetProperty("message").GetString()!)], []) : FrameWritten.Nothing;
    }

    public HubMessage.Hello? Agree(HubMessage.Hello hello, Identity who)
    {
        if (_role is { } said && !(_map!.Roles.TryGetValue(said, out var role) && role == who.Kind))
        {
            return null;
        }

        _who = who;
        return who.Device is { } device && hello.Device is null ? hello with { Device = new(device.Id, null, null, []) } : hello;
    }

    public ImmutableArray<HubMessage> Start(Identity who) => _map?.Start.GetValueOrDefault(who.Kind, []) ?? [];

    public ImmutableArray<ReadOnlyMemory<byte>> Farewell(HubClose code, string reason) => (_isConnected, code) switch
    {
        // The library comes back by itself, unless it is told that it is not wanted.
        (true, HubClose.Replaced or HubClose.Unauthorized or HubClose.WrongToken) => [Frame(SocketPacketKind.Disconnect, null, default)],
        (false, HubClose.Unauthorized) => [Refusal(reason, "the hub does not let it in")],
        (false, HubClose.WrongToken) => [Refusal("not_allowed", reason)],
        _ => [],
    };

    private FrameRead Alive()
    {
        _heart.Heard();
        return FrameRead.Nothing;
    }

    private FrameRead Take(SocketPacket packet)
    {
        if (packet.Kind is SocketPacketKind.Connect && packet.Namespace != _namespace)
        {
            return new([], [SocketPacketText.Frame(new(SocketPacketKind.ConnectError, packet.Namespace, null, Object(w => w.WriteString("message", "Invalid namespace"))))]);
        }

        if (packet.Kind is SocketPacketKind.Connect)
        {
            return Hello(packet.Data);
        }

        if (packet.Namespace != _namespace)
        {
            return Bad("the connection is not in this namespace");
        }

        switch (packet.Kind)
        {
            case SocketPacketKind.Disconnect:
                return FrameRead.Nothing with { IsEnd = true };
            case SocketPacketKind.BinaryEvent or SocketPacketKind.BinaryAck when packet.Attachments > 0:
                _attachments = new(packet, MessageReader.MaxBytes);
                return FrameRead.Nothing;
            case SocketPacketKind.Event or SocketPacketKind.BinaryEvent:
                return Of(_in.Event(packet), packet.Id);
            default:
                return Of(_in.Answer(packet), null);
        }
    }

    private FrameRead Attach(ReadOnlyMemory<byte> bytes)
    {
        if (_attachments is not { } waiting)
        {
            return FrameRead.Nothing with { Close = HubClose.NotText };
        }

        if (!waiting.Add(bytes))
        {
            return FrameRead.Nothing with { Close = HubClose.TooBig };
        }

        if (!waiting.IsComplete)
        {
            return FrameRead.Nothing;
        }

        _attachments = null;
        return waiting.Whole() is { } packet ? Take(packet) : Bad("the places of attachments are not those that came");
    }

    private FrameRead Hello(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var auth = JsonDocument.Parse(data.IsEmpty ? "{}"u8.ToArray() : data, SocketPacketText.Depth);
            using var filled = EventMessages.Fill(_map?.Hello ?? JsonTemplate.All, auth.RootElement);
            if (_map?.Role is { } template && template.IsThere(auth.RootElement))
            {
                using var role = EventMessages.Fill(template, auth.RootElement);
                _role = TemplatePlace.TextOf(role.RootElement) ?? "";
            }

            if (filled.RootElement.ValueKind is JsonValueKind.Object)
            {
                var read = MessageReader.Read(EventMessages.Complete(filled.RootElement, "", "hello"));
                return new(read.Message is { } hello ? [hello] : [], []) { Error = read.Error, Close = read.Close };
            }
        }
        catch (Exception e) when (EventTranslation.Fault(e) is not null)
        {
            // Answered below.
        }

        return Bad("auth is not what the first words must be");
    }

    private FrameRead Of(Translated read, long? id) =>
        new(read.Messages, read.Ack is { } ack ? [Frame(SocketPacketKind.Ack, id, ack)] : []) { Error = read.Error, Close = read.Close };

    private static FrameRead Bad(string what) => FrameRead.Nothing with { Error = new(HubErrorCode.BadMessage, what) };

    private FrameWritten Packets((ImmutableArray<Emitted> Packets, ImmutableArray<HubMessage> Own) emitted, ImmutableArray<ReadOnlyMemory<byte>> before) =>
        new([.. before, .. emitted.Packets.Select(p => Frame(p.Kind, p.Id, p.Data))], emitted.Own);

    private ReadOnlyMemory<byte> Frame(SocketPacketKind kind, long? id, ReadOnlyMemory<byte> data) => SocketPacketText.Frame(new(kind, _namespace, id, data));

    private ReadOnlyMemory<byte> Refusal(string code, string because) => Frame(SocketPacketKind.ConnectError, null, Object(w =>
    {
        w.WriteString("message", code);
        w.WriteStartObject("data");
        w.WriteString("code", code);
        w.WriteString("because", because);
        w.WriteEndObject();
    }));

    private static ReadOnlyMemory<byte> Object(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
