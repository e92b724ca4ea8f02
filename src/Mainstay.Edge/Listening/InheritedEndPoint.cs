using System.Net;

namespace Mainstay.Edge.Listening;

/// <summary>Names an inherited socket towards the server, which otherwise would try to bind the address itself.</summary>
internal sealed class InheritedEndPoint(InheritedListenerSpec spec) : EndPoint
{
    public InheritedListenerSpec Spec { get; } = spec;

    public override string ToString() => $"{Spec.EndPoint} (descriptor {Spec.Descriptor})";
}
