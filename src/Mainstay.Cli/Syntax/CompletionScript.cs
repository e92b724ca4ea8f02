using System.Collections.Immutable;
using System.Text;

namespace Mainstay.Cli.Syntax;

/// <summary>Completion scripts from the verb table. Service names are asked of the program itself when they are needed.</summary>
internal static class CompletionScript
{
    public static readonly ImmutableArray<string> Shells = ["bash", "zsh", "fish"];

    public static string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        _ => Fish(),
    };

    private static IEnumerable<VerbSpec> Verbs => VerbTable.All.Where(v => !v.Later);

    private static string Bash()
    {
        var script = new StringBuilder(
            """
            # bash completion for mainstay: source <(mainstay completion bash)
            _mainstay() {
              local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" verb="" word
              case "$previous" in
                --file|--home|--output|-o) COMPREPLY=($(compgen -f -- "$current")); return ;;
                --only) COMPREPLY=($(compgen -W "$(mainstay completion services 2>/dev/null)" -- "$current")); return ;;
              esac
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$word" in -*) ;; *) verb=$word; break ;; esac
              done
              local words=""
              case "$verb" in

            """);
        foreach (var verb in Verbs)
        {
            script.Append($"    {verb.Name}) words=\"{Words(verb)}\"{(verb.TakesServices ? "; [[ $current == -* ]] || words=\"$words $(mainstay completion services 2>/dev/null)\"" : "")} ;;\n");
        }

        return script.Append(
            $$"""
                *) words="{{string.Join(' ', Verbs.Select(v => v.Name))}} {{Options(VerbTable.Globals)}}" ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F _mainstay mainstay ./mainstay

            """).ToString();
    }

    private static string Zsh()
    {
        var script = new StringBuilder(
            """
            #compdef mainstay
            # zsh completion for mainstay: source <(mainstay completion zsh)
            _mainstay() {
              local -a verbs words
              verbs=(

            """);
        foreach (var verb in Verbs)
        {
            script.Append($"    '{verb.Name}:{verb.Summary}'\n");
        }

        script.Append(
            """
              )
              if (( CURRENT == 2 )); then _describe command verbs; return; fi
              case "${(Q)${(z)BUFFER}[2]}" in

            """);
        foreach (var verb in Verbs)
        {
            script.Append($"    {verb.Name}) words=({Words(verb)}{(verb.TakesServices ? " $(mainstay completion services 2>/dev/null)" : "")}) ;;\n");
        }

        return script.Append(
            """
              esac
              compadd -a words
              _files
            }
            compdef _mainstay mainstay

            """).ToString();
    }

    private static string Fish()
    {
        var script = new StringBuilder("# fish completion for mainstay: mainstay completion fish | source\n");
        foreach (var verb in Verbs)
        {
            script.Append($"complete -c mainstay -n __fish_use_subcommand -a {verb.Name} -d '{verb.Summary}'\n");
            if (Choices(verb).Any())
            {
                script.Append($"complete -c mainstay -f -n '__fish_seen_subcommand_from {verb.Name}' -a '{string.Join(' ', Choices(verb))}'\n");
            }

            foreach (var option in verb.Options)
            {
                script.Append($"complete -c mainstay -n '__fish_seen_subcommand_from {verb.Name}'{Fish(option)}\n");
            }
        }

        foreach (var option in VerbTable.Globals)
        {
            script.Append($"complete -c mainstay{Fish(option)}\n");
        }

        var services = string.Join(' ', Verbs.Where(v => v.TakesServices).Select(v => v.Name));
        return script.Append($"complete -c mainstay -f -n '__fish_seen_subcommand_from {services}' -a '(mainstay completion services 2>/dev/null)'\n").ToString();
    }

    private static string Fish(OptionSpec option) =>
        $"{(option.Short is { } c ? $" -s {c}" : "")} -l {option.Long}{(option.IsFlag ? "" : " -r")} -d '{option.Help.Replace("'", "", StringComparison.Ordinal)}'";

    private static string Words(VerbSpec verb) => string.Join(' ', [.. Choices(verb), Options(verb.Options.AddRange(VerbTable.Globals))]);

    private static IEnumerable<string> Choices(VerbSpec verb) => verb.Name switch
    {
        "completion" => Shells,
        "edge" => ["reload"],
        "rollout" => ["show", "pause", "resume", "abort"],
        "help" => Verbs.Select(v => v.Name),
        _ => verb.Arguments.Contains("all>", StringComparison.Ordinal) ? ["all"] : [],
    };

    private static string Options(IEnumerable<OptionSpec> options) => string.Join(' ', options.Select(o => $"--{o.Long}"));
}
