using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes.Guards;

/// <summary>An entry of <c>switches</c>; its name is the key that it stands under.</summary>
internal sealed class SwitchShape() : Shape<SwitchSpec>("switch")
{
    private static readonly Key<bool> s_default = new(
        "default", new WordKind<bool>(("on", true), ("off", false), ("true", true), ("false", false)), true, "How it is while nobody has set it: on, which lets requests through, or off.");

    private static readonly Key<string> s_description = new("description", new TextKind("a text", "\"hooks of a partner\""), "", "What it is for, for whoever finds it off.", "none")
    {
        AlsoKnownAs = ["about", "comment"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_default, s_description];

    protected override SwitchSpec Build(Fields fields) => new("", fields.Read(s_default), fields.Read(s_description), fields.Span);
}

/// <summary>The guard that obeys one.</summary>
internal sealed class SwitchGuardShape() : Shape<SwitchGuardSpec>("switch of a route")
{
    private static readonly Key<string> s_name = new("name", CommonKinds.Name, "", "The switch's name under \"switches\".") { IsRequired = true, AlsoKnownAs = ["switch"] };

    private static readonly Key<SwitchOffSpec> s_off = new("off", new SwitchOffShape(), SwitchOffSpec.Default, "What the route answers while the switch is off.", "503");

    public override ImmutableArray<Key> Keys { get; } = [s_name, s_off];

    /// <summary>The switch's name alone, or all of it.</summary>
    public static ShortKind<SwitchGuardSpec, string> Kind { get; } = new(
        new SwitchGuardShape(), CommonKinds.Name, name => new(name, SwitchOffSpec.Default, SourceSpan.None), guard => guard.Name);

    protected override SwitchGuardSpec Build(Fields fields) => new(fields.Read(s_name), fields.Read(s_off), fields.At(s_name));
}

internal sealed class SwitchOffShape() : Shape<SwitchOffSpec>("off")
{
    private static readonly Key<int> s_status = new("status", new WholeNumberKind(200, 599, "503"), SwitchOffSpec.Default.Status, "The answer's status.") { AlsoKnownAs = ["code"] };

    private static readonly Key<string> s_body = new("body", new TextKind("a text", "\"back at noon\"", mayBeEmpty: true), "", "The answer's body.", "the edge's own page or problem document")
    {
        AlsoKnownAs = ["text", "message"],
    };

    private static readonly Key<string> s_contentType = new("content_type", new TextKind("a media type", "application/json"), SwitchOffSpec.Default.ContentType, "What the body is.");

    private static readonly Key<TimeSpan> s_retryAfter = new(
        "retry_after", new DurationKind(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), "1m"), TimeSpan.FromMinutes(1), "When to come back, where --for does not say it.");

    private static readonly Key<string> s_service = new("service", CommonKinds.Name, "", "The service that answers instead.", "none") { AlsoKnownAs = ["to", "fallback"] };

    public override ImmutableArray<Key> Keys { get; } = [s_status, s_body, s_contentType, s_retryAfter, s_service];

    protected override SwitchOffSpec Build(Fields fields)
    {
        var hasService = fields.TryRead(s_service, out var service);
        foreach (var key in ((Key[])[s_status, s_body, s_contentType, s_retryAfter]).Where(k => fields.Has(s_service) && fields.Has(k)))
        {
            fields.Report(ManifestCodes.ValuesDisagree, key, $"\"{key.Name}\" is for an answer of the edge, but a service answers", $"remove \"{key.Name}\", or \"service\"");
        }

        if (fields.Has(s_contentType) && !fields.Has(s_body))
        {
            fields.Report(ManifestCodes.ValuesDisagree, s_contentType, "there is a content_type, but no body", "add \"body\", or remove it");
        }

        return new(
            fields.Read(s_status),
            fields.TryRead(s_body, out var body) ? body : null,
            fields.Read(s_contentType),
            fields.ReadOrNull(s_retryAfter),
            hasService ? new ServiceName(service!) : null);
    }
}
