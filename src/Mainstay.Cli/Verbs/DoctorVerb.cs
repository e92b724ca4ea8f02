using Mainstay.Cli.Doctor;
using Mainstay.Cli.Output;
using Mainstay.Contracts;

namespace Mainstay.Cli.Verbs;

/// <summary><c>doctor</c>: what keeps Mainstay from working here, or from working at its best. Changes nothing and starts nothing.</summary>
internal static class DoctorVerb
{
    public static async Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        List<Finding> findings =
        [
            new(FindingLevel.Ok, "mainstay", $"version {VersionVerb.Own}"),
            .. HostExamination.Examine(context.Host),
            .. HomeExamination.Examine(context.Home),
            .. await DaemonExamination.ExamineAsync(context, token),
        ];
        var ok = !findings.Exists(f => f.Level is FindingLevel.Bad);
        if (context.Screen.Json)
        {
            context.Screen.Document(new(ok, [.. findings]), DoctorJson.Default.DoctorDocument);
        }
        else
        {
            context.Screen.Lines(findings.SelectMany(f => Lines(f, context.Screen)));
        }

        return (int)(ok ? ExitCode.Done : ExitCode.Failed);
    }

    private static IEnumerable<string> Lines(Finding finding, Screen screen)
    {
        var word = finding.Level switch
        {
            FindingLevel.Ok => screen.Colours.Good("ok  "),
            FindingLevel.Note => screen.Colours.Warn("note"),
            FindingLevel.Bad => screen.Colours.Bad("bad "),
        };
        yield return $"{word}  {finding.About}: {finding.What}";
        if (finding.Try is not null)
        {
            yield return $"      try: {finding.Try}";
        }
    }
}
