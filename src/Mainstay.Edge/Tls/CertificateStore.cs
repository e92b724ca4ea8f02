using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Tls;

/// <summary>The certificates in force. Loaded beside the traffic, published whole, replaced without closing a connection.</summary>
/// <remarks>
/// One prepared context per certificate for as long as its stamp is the same: building the chain at every handshake is slow, and
/// clients can resume a session only with the context that began it.
/// </remarks>
internal sealed class CertificateStore(ILogger<CertificateStore> log)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly Dictionary<string, Loaded> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private CertificateTable<SslServerAuthenticationOptions> _table = new([]);

    /// <summary>What the server presents to a client that asked for <paramref name="name"/>.</summary>
    /// <exception cref="AuthenticationException">There is no certificate at all.</exception>
    public SslServerAuthenticationOptions For(string? name) =>
        Volatile.Read(ref _table).Find(name) ?? throw new AuthenticationException("no certificate is configured");

    /// <summary>Reads what is new; a file that cannot be used is reported, and the host keeps what it had.</summary>
    public void Apply(ImmutableArray<EdgeCertificate> certificates)
    {
        var entries = new List<(string, SslServerAuthenticationOptions)>();
        foreach (var wanted in certificates)
        {
            if (Load(wanted) is { } options)
            {
                entries.Add((wanted.Host, options));
            }
        }

        foreach (var gone in _loaded.Keys.Except(certificates.Select(c => c.Host), StringComparer.OrdinalIgnoreCase).ToArray())
        {
            _loaded.Remove(gone);
        }

        Volatile.Write(ref _table, new(entries));
    }

    private SslServerAuthenticationOptions? Load(EdgeCertificate wanted)
    {
        var known = _loaded.GetValueOrDefault(wanted.Host);
        if (known is not null && known.From == wanted)
        {
            return known.Options;
        }

        try
        {
            var options = Read(wanted);
            _loaded[wanted.Host] = new(wanted, options);
            return options;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            log.BadCertificate(wanted.Host, known is null ? "there is none for this host" : "the one before stays", e.Message);
            return known?.Options;
        }
    }

    private static SslServerAuthenticationOptions Read(EdgeCertificate wanted)
    {
        // Throws when the key is not the certificate's.
        var leaf = X509Certificate2.CreateFromPemFile(wanted.CertFile, wanted.KeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(wanted.CertFile);
        return new()
        {
            // Offline: what to send is in the file; fetching issuers or revocation lists would block a handshake on somebody's server.
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = Protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }

    private sealed record Loaded(EdgeCertificate From, SslServerAuthenticationOptions Options);
}
