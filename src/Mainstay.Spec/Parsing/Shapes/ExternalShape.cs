using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class ExternalShape() : Shape<ExternalSpec>("external")
{
    private static readonly ParsedKind<string> s_address = new(
        ManifestCodes.BadExternalAddress, "a host and a port such as 127.0.0.1:6379", "\"127.0.0.1:6379\"", Address,
        text => text.Contains("://", StringComparison.Ordinal) ? "write only host and port, without a scheme" : null);

    private static readonly ParsedKind<Uri> s_url = new(ManifestCodes.BadExternalAddress, "an http:// or https:// URL", "\"http://127.0.0.1:9200/_health\"", Url);

    private static readonly DurationKind s_period = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(24), "5s");

    private static readonly Key<string> s_tcp = new("tcp", s_address, "", "It is healthy when this address accepts a connection.")
    {
        AlsoKnownAs = ["address", "host", "port"],
    };

    private static readonly Key<Uri?> s_http = new("http", s_url!, null, "It is healthy when GET on this URL answers with a status from 200 to 299.")
    {
        AlsoKnownAs = ["url", "https"],
    };

    private static readonly Key<TimeSpan> s_interval = new("interval", s_period, TimeSpan.FromSeconds(5), "The time between two checks.");

    private static readonly Key<TimeSpan> s_timeout = new("timeout", s_period, TimeSpan.FromSeconds(2), "How long one check may take.");

    public override ImmutableArray<Key> Keys { get; } = [s_tcp, s_http, s_interval, s_timeout];

    protected override ExternalSpec Build(Fields fields)
    {
        if (!fields.Has(s_tcp) && !fields.Has(s_http))
        {
            fields.Report(
                ManifestCodes.NoProbe,
                s_tcp,
                "it does not say what to check",
                "add for example \"tcp: 127.0.0.1:6379\" or \"http: http://127.0.0.1:9200/\"");
        }
        else if (fields.Has(s_tcp) && fields.Has(s_http))
        {
            fields.Report(ManifestCodes.SeveralProbes, s_http, "it says \"tcp\" and \"http\", but one thing is checked", "keep one of them");
        }

        return new ExternalSpec(
            new ServiceName(fields.Map.Step),
            fields.TryRead(s_tcp, out var tcp) ? tcp : null,
            fields.TryRead(s_http, out var http) ? http : null,
            fields.Read(s_interval),
            fields.Read(s_timeout),
            fields.Span);
    }

    private static string? Address(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return null;
        }

        var host = text[..colon];
        return host is ['[', .. var six, ']'] ? (IPAddress.TryParse(six, out _) ? text : null) : HostName.IsExact(host) ? text : null;
    }

    private static Uri? Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url!.Host.Length > 0 && url.UserInfo.Length == 0 ? url : null;
}
