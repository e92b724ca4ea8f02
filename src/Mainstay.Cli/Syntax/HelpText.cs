using System.Text;

namespace Mainstay.Cli.Syntax;

/// <summary>What <c>mainstay help</c> and <c>--help</c> print.</summary>
internal static class HelpText
{
    private const int Wide = 92;
    private const int Typed = 27;

    public static string Of(VerbSpec? verb) => verb is null or { Name: "help" } ? Overview() : About(verb);

    private static string Overview()
    {
        var text = new StringBuilder("mainstay runs services on this machine and keeps them up\n\nusage: mainstay <command> [options]\n\n");
        foreach (var verb in VerbTable.All)
        {
            if (!verb.Later)
            {
                var typed = $"{verb.Name} {verb.Arguments}";
                text.Append("  ").Append(typed.Length < Typed ? typed.PadRight(Typed) : $"{typed}\n{new string(' ', Typed + 2)}").Append(verb.Summary).Append('\n');
            }
        }

        text.Append("\noptions of every command:\n");
        AppendOptions(text, VerbTable.Globals);
        text.Append("\nexit codes: 0 done, 1 tried and failed, 2 wrong usage, 3 problems in the manifest or environment,\n")
            .Append("            4 daemon not reachable, 130 interrupted\n\n")
            .Append("begin with:  mainstay init   then   mainstay check   then   mainstay up\n");
        return text.ToString();
    }

    private static string About(VerbSpec verb)
    {
        if (verb.Later)
        {
            return $"mainstay {verb.Name}: not available in this version\n";
        }

        var text = new StringBuilder($"mainstay {verb.Name}: {verb.Summary}\n\nusage: {verb.Usage}\n");
        if (verb.Details.Length > 0)
        {
            text.Append('\n');
            foreach (var line in Output.Wrap.Lines(verb.Details, Wide))
            {
                text.Append(line).Append('\n');
            }
        }

        if (!verb.Options.IsEmpty)
        {
            text.Append("\noptions:\n");
            AppendOptions(text, verb.Options);
        }

        // Where -f follows, it does not name the manifest.
        text.Append("\noptions of every command:\n");
        AppendOptions(text, VerbTable.Globals.Select(o => o == VerbTable.File && verb.Options.Contains(VerbTable.Follow) ? o with { Short = null } : o));
        return text.ToString();
    }

    private static void AppendOptions(StringBuilder text, IEnumerable<OptionSpec> options)
    {
        foreach (var option in options)
        {
            var first = true;
            foreach (var line in Output.Wrap.Lines(option.Help, Wide - 26))
            {
                text.Append("  ").Append((first ? option.Spelling : "").PadRight(24)).Append(line).Append('\n');
                first = false;
            }
        }
    }
}
