using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Https has a certificate, and each name has one.</summary>
internal static class EdgeChecks
{
    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        var edge = stack.Edge;
        if (edge.Certificates.IsEmpty && !declared.IsAttempted("edge", "certificates"))
        {
            foreach (var listen in edge.Listen.Where(l => l.Https))
            {
                context.Report(
                    ManifestCodes.HttpsWithoutCertificate,
                    listen.Span,
                    $"the edge listens on {listen}, but there is no certificate",
                    "add \"certificates: [ { host: example.com, cert: fullchain.pem, key: privkey.pem } ]\" to edge, or write http://");
            }
        }

        foreach (var same in edge.Certificates.Where(c => c.Host.Length > 0).GroupBy(c => c.Host))
        {
            foreach (var again in same.Skip(1))
            {
                context.Report(
                    ManifestCodes.DuplicateCertificate,
                    again.Span,
                    $"there is a second certificate for \"{again.Host}\"; the first is in line {same.First().Span.Line}",
                    "remove one of the two");
            }
        }
    }
}
