using System.Collections.Immutable;
using System.Threading.Channels;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>One WebSocket: it has to say who it is in time, and what it says then goes into the hub's mailbox, in order.</summary>
/// <param name="handshake">What the request for the socket carried; a token in <c>hello</c> is looked at with it.</param>
/// <param name="early">Who the handshake's own token admitted; null when it had none.</param>
/// <param name="dialect">How it writes what the hub and its clients say.</param>
internal sealed class HubConnection(MessageSocket socket, Credentials handshake, Entry? early, ConnectionPorts ports, IHubDialect dialect)
{
    private readonly RateCell _bad = new(new(ports.Limits.MaxBadMessages, TimeSpan.FromMinutes(1), ports.Limits.MaxBadMessages - 1));
    private readonly RateCell _all = new(ports.Limits.Rates.Messages);
    private readonly Queue<HubMessage> _read = [];
    private readonly HubGreeter _greeter = new(ports.Entry, dialect, ports.Time);

    // Needed until the hello; a token is long, and its connection may stay for weeks.
    private Credentials? _handshake = handshake;
    private Entry? _early = early;
    private HubClient? _client;
    private int _closed;

    public async Task RunAsync()
    {
        Pulse? pulse = null;
        try
        {
            SendAll(dialect.First);
            using (ports.Time.CreateTimer(_ => Close(HubClose.Silent, "no hello in time"), null, ports.Limits.HelloWithin, Timeout.InfiniteTimeSpan))
            {
                while (_client is null && await NextAsync() is { } message)
                {
                    if (message is HubMessage.Hello hello)
                    {
                        var client = await GreetAsync(hello);
                        if (client is null)
                        {
                            return;
                        }

                        // Only now in its mailbox: what this connection says next comes behind it.
                        await ports.Actor.PostAsync(new HubInput.Joined(client, hello), CancellationToken.None);
                        _client = client;
                        foreach (var unsaid in dialect.Start(client.Who))
                        {
                            await ports.Actor.PostAsync(new HubInput.Said(client, unsaid), CancellationToken.None);
                        }
                    }
                    else
                    {
                        await ComplainAsync(new(HubErrorCode.HelloFirst, "the first message is hello"));
                    }
                }
            }

            if (_client is not { } known)
            {
                return;
            }

            (_handshake, _early) = (null, null);
            pulse = ports.Heartbeat.Add(known);
            while (await NextAsync() is { } message && !HasExpired(known))
            {
                await ports.Actor.PostAsync(new HubInput.Said(known, message), CancellationToken.None);
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

            if (_client is { } gone)
            {
                await ports.Actor.PostAsync(new HubInput.Left(gone), CancellationToken.None);
            }
        }
    }

    /// <summary>Null when it is over.</summary>
    private async ValueTask<HubMessage?> NextAsync()
    {
        while (true)
        {
            if (_read.TryDequeue(out var message))
            {
                return Volatile.Read(ref _closed) == 0 ? message : null;
            }

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
                case MessageKind.Text or MessageKind.Binary:
                    if (!await TakeAsync(dialect.Read(received)))
                    {
                        return null;
                    }

                    break;
                case MessageKind.TooLong:
                    Close(HubClose.TooBig, "the message is too long");
                    return null;
                case MessageKind.End:
                    return null;
            }
        }
    }

    /// <summary>False: it is over.</summary>
    private async ValueTask<bool> TakeAsync(FrameRead read)
    {
        SendAll(read.Replies);
        foreach (var message in read.Messages)
        {
            _read.Enqueue(message);
        }

        if (read.Close is { } close)
        {
            Close(close, "the message cannot be read");
        }

        return read.Close is null && !read.IsEnd && (read.Error is not { } error || await ComplainAsync(error));
    }

    /// <summary>False: that was one too many.</summary>
    private async ValueTask<bool> ComplainAsync(HubError error)
    {
        if (!_bad.TryTake(ports.Time.GetUtcNow()))
        {
            Close(HubClose.TooManyMessages, "too many bad messages");
            return false;
        }

        ports.Metrics.Refused.Add(error.Code);
        if (_client is { } client)
        {
            // Behind the answers to what it said before.
            await ports.Actor.PostAsync(new HubInput.Misspoke(client, error), CancellationToken.None);
        }
        else
        {
            SendAll(dialect.Write(MessageWriter.Error(error)).Frames);
        }

        return true;
    }

    /// <summary>Null when it was closed instead.</summary>
    private async ValueTask<HubClient?> GreetAsync(HubMessage.Hello hello)
    {
        switch (await _greeter.GreetAsync(hello, _handshake!, _early, CancellationToken.None))
        {
            case Greeting.Welcome(var who, var device, var entry):
                return new(this, who, device, ports.NewId(), ports.NextNumber(), entry);
            case Greeting.TurnedAway(var code, var reason):
                Close(code, reason);
                break;
        }

        return null;
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

    private bool Send(HubClient client, ReadOnlyMemory<byte> frame)
    {
        var write = dialect.Write(frame);
        var isSent = SendAll(write.Frames);
        foreach (var own in isSent ? write.Own : [])
        {
            // Not awaited: this is the hub's own loop, and a full mailbox would wait for itself.
            _ = TellAsync(new HubInput.Said(client, own));
        }

        return isSent;
    }

    private bool SendAll(ImmutableArray<ReadOnlyMemory<byte>> frames)
    {
        var isSent = true;
        foreach (var frame in frames)
        {
            isSent &= socket.SendText(frame);
        }

        return isSent;
    }

    private async Task TellAsync(HubInput input)
    {
        try
        {
            await ports.Actor.PostAsync(input, CancellationToken.None);
        }
        catch (ChannelClosedException)
        {
            // The hub has ended.
        }
    }

    /// <summary>Ends it, once.</summary>
    internal void Close(HubClose code, string reason)
    {
        if (Closed(code, reason))
        {
            SendAll(dialect.Farewell(code, reason));
        }

        socket.Close((int)code, reason);
    }

    private void GiveUp(HubClose code, string reason)
    {
        Closed(code, reason);
        socket.GiveUp((int)code, reason);
    }

    /// <summary>The first reason counts.</summary>
    private bool Closed(HubClose code, string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        ports.Log.Closed((int)code, reason);
        ports.Metrics.Closes.Add(code);
        return true;
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

        public bool Send(ReadOnlyMemory<byte> frame) => connection.Send(this, frame);

        public void Close(HubClose code, string reason) => connection.Close(code, reason);

        public void GiveUp(HubClose code, string reason) => connection.GiveUp(code, reason);
    }
}
