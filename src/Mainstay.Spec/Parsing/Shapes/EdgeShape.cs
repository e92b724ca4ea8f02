using System.Collections.Immutable;
using System.Net;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Shapes.Guards;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class EdgeShape() : Shape<EdgeSpec>("edge")
{
    private static readonly Key<ImmutableArray<Item<ListenSpec>>> s_listen = new(
        "listen",
        new ListKind<ListenSpec>(ListenAddress.Kind, "a list of addresses", orOne: true),
        [],
        "The addresses that the edge accepts requests on. Without any, the stack has no edge.")
    {
        AlsoKnownAs = ["bind", "addresses", "ports", "port"],
    };

    private static readonly Key<ImmutableArray<Item<CertificateSpec>>> s_certificates = new(
        "certificates",
        new ListKind<CertificateSpec>(new CertificateShape(), "a list of certificates"),
        [],
        "Certificates for https, chosen by the name that the client asks for; read again when the files change.")
    {
        AlsoKnownAs = ["tls", "certs", "certificate"],
    };

    private static readonly Key<ImmutableArray<Item<string>>> s_trustedProxies = new(
        "trusted_proxies",
        new ListKind<string>(
            new ParsedKind<string>(ManifestCodes.BadNetwork, "an address or a network such as 10.0.0.0/8", "10.0.0.0/8", Network, NetworkHint),
            "a list of networks",
            orOne: true),
        [],
        "Whose X-Forwarded-* headers are believed.",
        "nobody");

    private static readonly Key<string> s_errorPages = new(
        "error_pages",
        CommonKinds.FilePath("errors"),
        "",
        "A folder with pages named by status, such as 503.html.",
        "built-in pages");

    private static readonly Key<TimeSpan> s_wsDrain = new(
        "ws_drain",
        new DurationKind(TimeSpan.Zero, TimeSpan.FromHours(24), "30s"),
        EdgeSpec.None.WsDrain,
        "How long open WebSockets stay with an instance that is replaced, before they are closed with code 1001.");

    private static readonly Key<ImmutableArray<Named<GuardsDraft>>> s_guards = new(
        "guards", new MapKind<GuardsDraft>(new GuardsShape(), CommonKinds.NameRule, "a map of names to guards", "{ tenants: { rate_limit: { key: client_ip, limit: 100/min } } }"), [],
        "Guards that several routes use by name; their limits count for all of these together.");

    public override ImmutableArray<Key> Keys { get; } = [s_listen, s_certificates, s_trustedProxies, s_errorPages, s_wsDrain, s_guards];

    protected override EdgeSpec Build(Fields fields) => new(
        [.. fields.Read(s_listen).Select(item => item.Value with { Span = item.Span })],
        fields.Read(s_certificates).Values(),
        fields.Read(s_trustedProxies).Values(),
        fields.TryRead(s_errorPages, out var pages) ? fields.Context.Absolute(pages) : null,
        fields.Read(s_wsDrain),
        fields.Span,
        [.. fields.Read(s_guards).Select(g => new GuardSetSpec(g.Name, g.Value.Own with { Shared = g.Name }))]);

    /// <summary>Always with a prefix length, so that nobody has to tell an address from a network again.</summary>
    private static string? Network(string text)
    {
        var wanted = IPAddress.TryParse(text, out var address) ? $"{text}/{address.GetAddressBytes().Length * 8}" : text;

        // Compared as text: the framework silently clears the bits behind the prefix.
        return IPNetwork.TryParse(wanted, out var network) && network.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase) ? network.ToString() : null;
    }

    private static string? NetworkHint(string text)
    {
        if (text.Split('/') is not [var address, var length] || !IPAddress.TryParse(address, out var parsed) || !int.TryParse(length, out var bits) || bits < 0)
        {
            return null;
        }

        var bytes = parsed.GetAddressBytes();
        if (bits > bytes.Length * 8)
        {
            return $"write a prefix length of at most {bytes.Length * 8}";
        }

        for (var bit = bits; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return $"write \"{new IPAddress(bytes)}/{bits}\"; the bits behind the prefix must be zero";
    }
}

internal sealed class CertificateShape() : Shape<CertificateSpec>("certificate")
{
    private static readonly Key<string> s_host = new("host", HostName.WithWildcard, "", "The name it is for: exact, or *.example.com.")
    {
        IsRequired = true,
        AlsoKnownAs = ["domain", "name"],
    };

    private static readonly Key<string> s_cert = new("cert", CommonKinds.FilePath("tls/fullchain.pem"), "", "The certificate with its chain, PEM.")
    {
        IsRequired = true,
        AlsoKnownAs = ["certificate", "crt", "fullchain", "file"],
    };

    private static readonly Key<string> s_key = new("key", CommonKinds.FilePath("tls/privkey.pem"), "", "The private key, PEM.")
    {
        IsRequired = true,
        AlsoKnownAs = ["private_key", "privkey"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_host, s_cert, s_key];

    protected override CertificateSpec Build(Fields fields) => new(
        fields.Read(s_host).ToLowerInvariant(),
        fields.Context.Absolute(fields.Read(s_cert)),
        fields.Context.Absolute(fields.Read(s_key)),
        fields.Span);
}
