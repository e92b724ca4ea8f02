using System.Net;

namespace Mainstay.Edge.Guards;

/// <summary>What guards may know of a request: nothing of the server that brought it.</summary>
internal interface IRequestFacts
{
    /// <summary>The client in canonical form, as far as trusted proxies can be believed about it; null when the connection has no address.</summary>
    IPAddress? Client { get; }

    /// <summary>A field's one value; null when it is missing or came several times.</summary>
    string? Header(string name);
}
