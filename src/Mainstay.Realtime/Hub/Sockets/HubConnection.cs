using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>What a connection needs of the hub.</summary>
/// <param name="Actor">The hub's one writer.</param>
/// <param name="Entry">Whom to let in.</param>
/// <param name="Limits">How long and how much.</param>
/// <param name="NewId">For sessions.</param>
/// <param name="NextNumber">For connections.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">For people.</param>
/// <param name="Heartbeat">Looks after connections that are welcome.</param>
/// <param name="Metrics">What is counted.</param>
internal sealed record ConnectionPorts(HubActor Actor, HubEntry Entry, HubLimits Limits, Func<string> NewId, Func<long> NextNumber, TimeProvider Time, ILogger Log, Heartbeat Heartbeat, HubMetrics Metrics)
{
    /// <summary>Whether ends of requests can be told.</summary>
    public bool HasWebhook { get; init; }
}

/// <summary>One WebSocket: it has to say who it is in time, and what it says then goes into the hub's mailbox, in order.</summary>
/// <param name="handshake">What the request for the socket carried; a token in <c>hello</c> is looked at with it.</param>
/// <param name="early">Who the handshake's own token admitted; null when it had none.</param>
internal sealed class HubConnection(MessageSocket socket, Credentials handshake, Entry? early, ConnectionPorts ports)
{
    private readonly RateCell _bad = new(new(ports.Limits.MaxBadMessages, TimeSpan.FromMinutes(1), ports.Limits.MaxBadMessages - 1));
    private readonly RateCell _all = new(ports.Limits.Rates.Messages);
    private int _closed;

    public async Task RunAsync()
    {
        HubClient? client = null;
        Pulse? pulse = null;
        try
        {
            using (ports.Time.CreateTimer(_ => Close(HubClose.Silent, "no hello in time"), null, ports.Limits.HelloWithin, Timeout.InfiniteTimeSpan))
            {
                while (client is null && await NextAsync() is { } message)
                {
                    if (message is HubMessage.Hello hello)
                    {
                        client = await GreetAsync(hello);
                        if (client is null)
                        {
                            return;
                        }

                        // Only now in its mailbox: what this connection says next comes behind it.
                        await ports.Actor.PostAsync(new HubInput.Joined(client, hello), CancellationToken.None);
                    }
                    else
                    {
                        Complain(new(HubErrorCode.HelloFirst, "the first message is hello"));
                    }
                }
            }

            if (client is null)
            {
                return;
            }

            pulse = ports.Heartbeat.Add(client);
            while (await NextAsync() is { } message && !HasExpired(client))
            {
                await ports.Actor.PostAsync(new HubInput.Said(client, message), CancellationToken.None);
            }
        }
        finally
        {
            if (pulse is not null)
            {
                ports.Heartbeat.Remove(pulse);
            }

            if (socket.IsTooSlow)
            {
                Closed(HubClose.ReadsTooSlowly, "it does not take what is sent to it");
            }

            if (client is not null)
            {
                await ports.Actor.PostAsync(new HubInput.Left(client), CancellationToken.None);
            }
        }
    }

    /// <summary>Null when it is over.</summary>
    private async ValueTask<HubMessage?> NextAsync()
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(CancellationToken.None);
            if (Volatile.Read(ref _closed) != 0)
            {
                // What a peer says behind our close is not heard: another connection may speak for it already.
                return null;
            }

            if (!_all.TryTake(ports.Time.GetUtcNow()))
            {
                Close(HubClose.TooManyMessages, "too many messages");
                return null;
            }

            switch (received.Kind)
            {
                case MessageKind.Text:
                    var read = MessageReader.Read(received.Bytes);
                    if (read.Message is { } message)
                    {
                        return message;
                    }

                    if (read.Close is { } close)
                    {
                        Close(close, "the message cannot be read");
                        return null;
                    }

                    if (!Complain(read.Error!))
                    {
                        return null;
                    }

                    break;
                case MessageKind.Binary:
                    Close(HubClose.NotText, "messages are text");
                    return null;
                case MessageKind.TooLong:
                    Close(HubClose.TooBig, "the message is too long");
                    return null;
                case MessageKind.End:
                    return null;
            }
        }
    }

    /// <summary>False: that was one too many.</summary>
    private bool Complain(HubError error)
    {
        if (!_bad.TryTake(ports.Time.GetUtcNow()))
        {
            Close(HubClose.TooManyMessages, "too many bad messages");
            return false;
        }

        ports.Metrics.Refused.Add(error.Code);
        socket.SendText(MessageWriter.Error(error));
        return true;
    }

    /// <summary>Null when it was closed instead.</summary>
    private async ValueTask<HubClient?> GreetAsync(HubMessage.Hello hello)
    {
        var entry = hello.Token is { } token ? await ports.Entry.EnterAsync(HubEntry.With(handshake, token, ports.Time.GetUtcNow()), CancellationToken.None) : early;
        if (entry is null || entry.Refused is not null)
        {
            Close(HubClose.Unauthorized, entry?.Refused?.Code ?? "no_credentials");
            return null;
        }

        if (entry.Claims is null || Access.Identity.In(entry.Claims, hello.Branch) is not { } who)
        {
            Close(HubClose.WrongToken, "the token is not for this hub or branch");
            return null;
        }

        // A device is what its token says, and says so; nobody else is a device.
        if (who.Kind is IdentityKind.Device != hello.Device is not null || (hello.Device is { } device && !AccessRules.MayBe(who, device.Id)))
        {
            Close(HubClose.WrongToken, "the token is not for this device");
            return null;
        }

        return new(this, who, hello.Device, ports.NewId(), ports.NextNumber(), entry);
    }

    private bool HasExpired(HubClient client)
    {
        if (client.ValidUntil is { } until && ports.Time.GetUtcNow() >= until)
        {
            Close(HubClose.Unauthorized, "the token has expired");
            return true;
        }

        return false;
    }

    private MessageSocket Socket => socket;

    private bool Send(ReadOnlyMemory<byte> frame) => socket.SendText(frame);

    private void Close(HubClose code, string reason)
    {
        Closed(code, reason);
        socket.Close((int)code, reason);
    }

    private void GiveUp(HubClose code, string reason)
    {
        Closed(code, reason);
        socket.GiveUp((int)code, reason);
    }

    /// <summary>The first reason counts.</summary>
    private void Closed(HubClose code, string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            ports.Log.Closed((int)code, reason);
            ports.Metrics.Closes.Add(code);
        }
    }

    /// <summary>The connection, once it has said who it is.</summary>
    private sealed class HubClient(HubConnection connection, Access.Identity who, DeviceHello? device, string session, long number, Entry entry) : IHubClient, IPulsed
    {
        public long Number => number;

        public Access.Identity Who => who;

        public DeviceHello? Device => device;

        public string Session => session;

        public DateTimeOffset? ValidUntil => entry.ValidUntil;

        public Licence? Licence => entry.Licence;

        public MessageSocket Socket => connection.Socket;

        public IHubClient Client => this;

        public bool Send(ReadOnlyMemory<byte> frame) => connection.Send(frame);

        public void Close(HubClose code, string reason) => connection.Close(code, reason);

        public void GiveUp(HubClose code, string reason) => connection.GiveUp(code, reason);
    }
}
