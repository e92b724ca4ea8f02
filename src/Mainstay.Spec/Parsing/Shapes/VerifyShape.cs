using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Null when it does not say what to ask, which was reported.</summary>
internal sealed class VerifyShape() : Shape<VerifySpec?>("verify")
{
    private static readonly Key<string> s_http = new(
        "http", UrlPath.Kind("/version", withQuery: true), "", "Passes when GET on this path of the new instance answers as expected; redirects are not followed.", "none")
    {
        AlsoKnownAs = ["url", "path", "get", "endpoint"],
    };

    private static readonly Key<ExpectSpec> s_expect = new(
        "expect", new ExpectShape(), ExpectSpec.Default,
        "What the answer to an http check must be; $MAINSTAY_COMMIT and $MAINSTAY_RELEASE in its texts stand for those of the new release.", "status 200-299");

    private static readonly Key<ImmutableArray<Named<string>>> s_headers = new("headers", HeaderKinds.Sent, [], "Headers that an http check sends.");

    private static readonly Key<CommandDraft> s_command = new(
        "command", new CommandKind(), CommandDraft.Absent,
        "Passes when this command, run with the new instance's environment in the new release, exits with 0.", "none")
    {
        AlsoKnownAs = ["cmd", "exec", "test", "run"],
    };

    private static readonly Key<bool> s_shell = new("shell", CommonKinds.Truth, false, "Runs the command by /bin/sh -c.");

    private static readonly Key<TimeSpan> s_timeout = new(
        "timeout", new DurationKind(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), "5s"), TimeSpan.FromSeconds(5), "How long it may take.");

    public override ImmutableArray<Key> Keys { get; } = [s_http, s_expect, s_headers, s_command, s_shell, s_timeout];

    protected override VerifySpec? Build(Fields fields)
    {
        var (path, expect, headers, timeout) = (fields.Read(s_http), fields.Read(s_expect), fields.Read(s_headers).ByName(), fields.Read(s_timeout));
        var (command, shell) = (fields.Read(s_command), fields.Read(s_shell));
        Key[] chosen = [.. ((Key[])[s_http, s_command]).Where(fields.Has)];
        HealthcheckShape.NeedsOther(fields, s_headers, s_http, chosen);
        HealthcheckShape.NeedsOther(fields, s_expect, s_http, chosen);
        HealthcheckShape.NeedsOther(fields, s_shell, s_command, chosen);
        if (chosen is not [var one])
        {
            fields.Context.Report(
                chosen is [] ? ManifestCodes.NoProbe : ManifestCodes.SeveralProbes,
                fields.Span,
                chosen is [] ? $"{fields.Span.Path} does not say what to check" : $"{fields.Span.Path} says \"http\" and \"command\", but one thing is checked",
                chosen is [] ? "add \"http: /version\", or \"command: ...\"" : "make two checks of it");
            return null;
        }

        return new VerifySpec(
            one == s_http ? new HttpProbeSpec(path, headers, expect) : new CommandProbeSpec(command.Resolve(shell, fields.Context)), timeout, fields.Span);
    }
}
