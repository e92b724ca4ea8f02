using System.Net;
using Mainstay.Edge.Guards;

namespace Mainstay.Edge.Tests.Guards;

/// <summary>A request as guards see it.</summary>
internal sealed record Facts(string? Address = "203.0.113.7", params (string Name, string Value)[] Fields) : IRequestFacts
{
    public IPAddress? Client => Address is null ? null : IPAddress.Parse(Address);

    public string? Header(string name) => Fields.Where(f => f.Name == name).ToArray() is [var one] ? one.Value : null;
}
