using System.Text;

namespace Mainstay.Cli.Syntax;

/// <summary>docs/reference/cli.md, written from the verb table; a test holds the file to it.</summary>
internal static class ReferencePage
{
    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Commands

            Written from the program's own table of commands (`./dev golden` writes it again). `mainstay help <command>` says the same.

            ## For every command


            """);
        AppendOptions(page, VerbTable.Globals);
        page.Append(
            """

            Options may stand before or after the command. **`-f`** is `--file` everywhere but for `logs` and `events`: there it is `--follow`,
            unless the word after it is a YAML file that exists or a folder that holds a `mainstay.yaml`. `--file` and `--follow` always mean themselves.

            A command that needs the daemon starts it when there is none; after a crash this adopts what still runs. `check`, `logs`, `init`, `schema`,
            `version`, `doctor`, `completion` and `help` never start one, nor does `down` where nothing was ever started.

            Every request to the daemon is answered within 10 seconds or given up with exit code 4; operations (`up`, `reload`, …) take as long as they
            take. Ctrl-C leaves an operation to the daemon, which goes on with it; it ends `logs -f`, `events -f` and `top`, with exit code 0.

            On a terminal, operations are one table that is redrawn in place; through a pipe they are one line per step, never wrapped. COLUMNS sets the width
            of a pipe. Standard output holds what was asked for; standard error what went wrong. With `--json`, operations print the daemon's messages, one
            JSON object per line, the last with `result`.

            ## Exit codes

            | code | means |
            |---|---|
            | 0 | done |
            | 1 | it was tried and failed: unhealthy, rolled back, refused by the host, not carried out; what served before serves on |
            | 2 | wrong usage; nothing was done |
            | 3 | problems in the manifest or the environment; nothing was changed |
            | 4 | the daemon cannot be reached or went away; services run on |
            | 130 | interrupted; an operation that had begun goes on in the daemon |


            """);
        foreach (var verb in VerbTable.All)
        {
            if (!verb.Later)
            {
                Append(page, verb);
            }
        }

        var later = string.Join(", ", VerbTable.All.Where(v => v.Later).Select(v => $"`{v.Name}`"));
        return page.Append($"## Not in this version\n\n{later} are known words; they answer so and exit with 2.\n").ToString();
    }

    private static void Append(StringBuilder page, VerbSpec verb)
    {
        page.Append($"## {verb.Name}\n\n```\n{verb.Usage}\n```\n\n{char.ToUpperInvariant(verb.Summary[0])}{verb.Summary[1..]}.");
        page.Append(verb.Details.Length == 0 ? "\n\n" : $" {verb.Details}\n\n");
        if (!verb.Options.IsEmpty)
        {
            AppendOptions(page, verb.Options);
            page.Append('\n');
        }
    }

    private static void AppendOptions(StringBuilder page, IEnumerable<OptionSpec> options)
    {
        page.Append("| option | |\n|---|---|\n");
        foreach (var option in options)
        {
            page.Append($"| `{option.Spelling.Trim()}` | {option.Help} |\n");
        }
    }
}
