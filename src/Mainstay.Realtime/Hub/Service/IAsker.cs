using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Who waits for what becomes of a request. Equal askers are told once.</summary>
internal interface IAsker
{
    void Told(RequestRecord request);

    void Refused(HubError error);

    /// <summary>So many wait for it that this one is not told of what follows.</summary>
    void LeftOut()
    {
    }

    /// <summary>Whose connection it is; null for one over HTTP.</summary>
    IHubClient? Client { get; }
}

/// <summary>Somebody on a connection, by the <c>id</c> of the message that asked.</summary>
internal sealed record ClientAsker(IHubClient Who, string Id) : IAsker
{
    public IHubClient? Client => Who;

    public void Told(RequestRecord request) => Who.Send(MessageWriter.Update(Id, request));

    public void Refused(HubError error) => Who.Send(MessageWriter.Error(error with { Id = Id }));
}
