using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class CanaryShape() : Shape<CanarySpec>("canary")
{
    private static readonly Key<double> s_percent = new(
        "percent", new PercentKind("10"), CanarySpec.Default.Percent, "The share of the traffic; who is in it stays in it.")
    {
        AlsoKnownAs = ["weight", "share", "traffic", "setWeight"],
    };

    private static readonly Key<NamedValue> s_header = new(
        "header", HeaderKinds.Header, new NamedValue("", ""), "Requests with this header always go to the canary.", "none");

    private static readonly Key<NamedValue> s_cookie = new(
        "cookie", HeaderKinds.Cookie, new NamedValue("", ""), "Requests with this cookie always go to the canary.", "none");

    private static readonly Key<TimeSpan> s_for = new(
        "for", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "2m"), CanarySpec.Default.For, "How long the canary is compared with the old release before the rest follows.")
    {
        AlsoKnownAs = ["duration", "pause", "time", "interval"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_percent, s_header, s_cookie, s_for];

    protected override CanarySpec Build(Fields fields)
    {
        var percent = fields.Read(s_percent);
        if (percent == 0 && !fields.Has(s_header) && !fields.Has(s_cookie))
        {
            fields.Report(
                ManifestCodes.ValuesDisagree, s_percent, "percent is 0 and there is neither a header nor a cookie, so that no request would reach the canary",
                "let percent be for example 10, or add for example header: \"x-canary: 1\"");
        }

        return new CanarySpec(
            percent,
            fields.TryRead(s_header, out var header) ? header : null,
            fields.TryRead(s_cookie, out var cookie) ? cookie : null,
            fields.Read(s_for));
    }
}
