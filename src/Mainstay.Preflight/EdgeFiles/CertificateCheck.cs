using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.EdgeFiles;

/// <summary>Every certificate of the edge: readable, with its key, in its time, for its host.</summary>
internal sealed class CertificateCheck(ReadableManifest manifest, PreflightHost host, Findings findings)
{
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public void Run()
    {
        foreach (var certificate in manifest.Stack.Edge.Certificates.Where(c => manifest.IsRead(c.Span.Path)))
        {
            Check(certificate);
        }
    }

    private void Check(CertificateSpec spec)
    {
        var (where, keyPlace) = (findings.At(spec.Span, "cert"), findings.At(spec.Span, "key"));
        var (certificate, certificateText) = Read(spec, spec.CertFile, "certificate", where);
        var (key, _) = Read(spec, spec.KeyFile, "key", keyPlace);
        CheckKeyMode(spec, keyPlace);
        if (certificate is { IsCertificate: false })
        {
            Unreadable(where, spec, spec.CertFile, "certificate", "holds no certificate", "name the file with the certificate and its chain");
            return;
        }

        if (key is { IsPrivateKey: false })
        {
            Unreadable(keyPlace, spec, spec.KeyFile, "key", "holds no private key", "name the file with the private key");
        }
        else if (certificate is not null && key is not null && PemBlock.Match(certificate, key) is false)
        {
            findings.Error(
                HostCodes.CertificateKeyMismatch,
                keyPlace,
                $"the certificate and the key for {spec.Host} do not belong together ({Shown(spec.CertFile)}, {Shown(spec.KeyFile)})",
                "name the key with which the certificate was requested; the certificate itself must come first in its file");
        }

        if (certificateText is not null)
        {
            CheckContent(spec, certificateText, where);
        }
    }

    private (PemBlock? Block, string? Text) Read(CertificateSpec spec, string path, string role, Where where)
    {
        var read = host.Facts.Read(path, MostBytes);
        if (read.Text is not { } text)
        {
            Unreadable(where, spec, path, role, read.Fault!, $"correct the path, or let user \"{host.Facts.Self.Name}\" read it");
            return (null, null);
        }

        var (block, fault) = PemBlock.Parse(text);
        if (block is null)
        {
            Unreadable(where, spec, path, role, $"is {fault}", "give it in PEM form, with its BEGIN and END lines");
            return (null, null);
        }

        return (block, text);
    }

    private void Unreadable(Where where, CertificateSpec spec, string path, string role, string fault, string fix) =>
        findings.Error(HostCodes.CertificateUnreadable, where, $"the {role} {Shown(path)} for {spec.Host} {fault}", fix);

    private void CheckKeyMode(CertificateSpec spec, Where where)
    {
        var facts = host.Facts.Look(spec.KeyFile);
        if (facts.Kind is FileKind.Regular && (facts.Mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
        {
            findings.Warn(HostCodes.KeyOpenToOthers, where, $"the key {Shown(spec.KeyFile)} for {spec.Host} can be read or changed by other users", $"chmod 600 {Shown(spec.KeyFile)}");
        }
    }

    private void CheckContent(CertificateSpec spec, string text, Where where)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException)
        {
            Unreadable(where, spec, spec.CertFile, "certificate", "cannot be decoded", "give it in PEM form, the certificate first and its chain after it");
            return;
        }

        using (certificate)
        {
            CheckTime(spec, certificate, where);
            CheckHost(spec, certificate, where);
        }
    }

    private void CheckTime(CertificateSpec spec, X509Certificate2 certificate, Where where)
    {
        var (from, until) = (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        if (host.Now > until)
        {
            findings.Error(HostCodes.CertificateNotValid, where, $"the certificate {Shown(spec.CertFile)} for {spec.Host} expired on {Day(until)}", "renew it; the edge takes the new file without a restart");
        }
        else if (host.Now < from)
        {
            findings.Error(HostCodes.CertificateNotValid, where, $"the certificate {Shown(spec.CertFile)} for {spec.Host} is valid only from {Day(from)} on", "check this host's clock, or wait");
        }
        else if (until - host.Now < Soon)
        {
            var days = ((int)(until - host.Now).TotalDays).ToString(CultureInfo.InvariantCulture);
            findings.Warn(HostCodes.CertificateExpiresSoon, where, $"the certificate {Shown(spec.CertFile)} for {spec.Host} expires in {days} days, on {Day(until)}", "renew it; the edge takes the new file without a restart");
        }
    }

    private void CheckHost(CertificateSpec spec, X509Certificate2 certificate, Where where)
    {
        // A wildcard is asked for by a name that it must cover.
        var asked = spec.Host.StartsWith("*.", StringComparison.Ordinal) ? $"any{spec.Host[1..]}" : spec.Host;
        if (asked.Length > 0 && asked != "*" && !certificate.MatchesHostname(asked, allowWildcards: true, allowCommonName: false))
        {
            findings.Error(
                HostCodes.CertificateForOtherHost,
                where,
                $"the certificate {Shown(spec.CertFile)} is not for {spec.Host}, but for {NamesOf(certificate)}",
                "correct \"host\", or request a certificate with that name");
        }
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).Take(5).ToArray();
        return names.Length == 0 ? "no name at all (it has no subject alternative name)" : string.Join(", ", names);
    }

    private string Shown(string path) => ShownPath.Of(manifest.Stack, path);

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
