using System.Collections.Immutable;

namespace Mainstay.Spec.Model;

public enum CodeKind
{
    /// <summary>A file that an interpreter runs.</summary>
    File,

    /// <summary>Code in the command line itself: <c>node -e</c>, <c>sh -c</c>.</summary>
    Inline,

    /// <summary>A module that the interpreter looks for: <c>python -m</c>.</summary>
    Module,

    /// <summary>The program itself, which is no interpreter.</summary>
    Program,

    /// <summary>An interpreter of which the command line does not say what it runs.</summary>
    Unknown,
}

/// <summary>What a command line says that it runs. An interpreter's options are no code, and neither is what stands behind its script.</summary>
/// <param name="Text">The file, the program or the module as written; the option that brings code along.</param>
/// <param name="Rest">The words behind it.</param>
public sealed record CommandCode(CodeKind Kind, string Text, ImmutableArray<string> Rest)
{
    private static readonly Interpreter s_shell = new(Inline: ["-c"], Values: ["-o", "+o", "--rcfile", "--init-file"]) { ClusterEnd = 'c' };

    private static readonly Dictionary<string, Interpreter> s_interpreters = new(StringComparer.Ordinal)
    {
        ["node"] = Node(),
        ["nodejs"] = Node(),
        ["bun"] = new(Inline: ["-e", "--eval", "-p", "--print"], Values: ["-r", "--preload", "--require", "--import", "-c", "--config", "--cwd", "--env-file"]) { Verbs = ["run"] },
        ["deno"] = new(Inline: ["eval"], Values: ["-c", "--config", "--import-map", "--env-file", "-L"]) { Verbs = ["run", "serve"] },
        ["python"] = new(Inline: ["-c"], Values: ["-W", "-X", "--check-hash-based-pycs"]) { Modules = ["-m"] },
        ["pypy"] = new(Inline: ["-c"], Values: ["-W", "-X"]) { Modules = ["-m"] },
        ["ruby"] = new(Inline: ["-e"], Values: ["-r", "-I", "-C", "-E"]),
        ["perl"] = new(Inline: ["-e", "-E"], Values: ["-I"]) { ClusterEnd = 'e' },
        ["php"] = new(Inline: ["-r"], Values: ["-d", "-c", "-S", "-t", "-z"]) { Code = ["-f"] },
        ["dotnet"] = new(Inline: [], Values: ["--runtimeconfig", "--depsfile", "--additionalprobingpath", "--additional-deps", "--fx-version", "--roll-forward"]) { Verbs = ["exec", "run"], Code = ["--project"] },
        ["java"] = new(Inline: [], Values: ["-p", "--module-path", "--add-modules", "--add-opens", "--add-exports", "--add-reads"])
        {
            Code = ["-jar", "-cp", "-classpath", "--class-path"],
            Modules = ["-m", "--module"],
        },
        ["sh"] = s_shell,
        ["bash"] = s_shell,
        ["dash"] = s_shell,
        ["ash"] = s_shell,
        ["zsh"] = s_shell,
        ["ksh"] = s_shell,
    };

    private static readonly string[] s_wrappers = ["tini", "dumb-init", "timeout", "flock", "sudo", "su", "busybox"];

    private static readonly string[] s_packageManagers = ["npm", "npx", "yarn", "pnpm", "npm-cli", "npx-cli", "corepack"];

    private static readonly string[] s_endings = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".py", ".rb", ".php", ".pl", ".sh", ".dll", ".jar"];

    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Without the program.</param>
    public static CommandCode Of(string program, IEnumerable<string> arguments)
    {
        ImmutableArray<string> words = [.. arguments];
        return s_interpreters.TryGetValue(PlainName(program), out var interpreter) ? InWords(interpreter, words) : new(CodeKind.Program, program, words);
    }

    public static bool IsInterpreter(string program) => s_interpreters.ContainsKey(PlainName(program));

    public static bool IsShell(string program) => s_interpreters.GetValueOrDefault(PlainName(program)) == s_shell;

    /// <summary>What it runs is a process of its own below it.</summary>
    public static bool IsWrapper(string program) =>
        IsShell(program) || s_wrappers.Contains(Path.GetFileName(program)) || s_packageManagers.Contains(Path.GetFileNameWithoutExtension(program));

    /// <summary>By its name, it is code that somebody wrote for a service.</summary>
    public static bool IsCodeName(string path) => s_endings.Contains(Path.GetExtension(path));

    /// <summary>The simple commands of a command: more than one when a shell reads it. Words as they are written, without quote marks.</summary>
    public static IEnumerable<ImmutableArray<string>> Simple(CommandSpec command)
    {
        if (command.Shell)
        {
            return command.Argv.SelectMany(OfLine);
        }

        return command.Argv is [var program, .. var rest] && IsShell(program) && Of(program, rest) is { Kind: CodeKind.Inline, Rest: [var line, ..] }
            ? OfLine(line)
            : new[] { Bare(command.Argv) }.Where(words => words.Length > 0);
    }

    private static IEnumerable<ImmutableArray<string>> OfLine(string line) => line
        .Split(["&&", "||", ";", "|", "&", "\n", "(", ")"], StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim('"', '\'')))
        .Select(Bare)
        .Where(words => words.Length > 0);

    /// <summary>Without assignments and what only puts the command in its own place.</summary>
    private static ImmutableArray<string> Bare(IEnumerable<string> words) =>
        [.. words.SkipWhile(w => w is "exec" or "env" or "nohup" or "command" || (w.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && w.AsSpan(0, at).IndexOf('/') < 0))];

    private static CommandCode InWords(Interpreter interpreter, ImmutableArray<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var (word, value) = (words[i], i + 1 < words.Length ? words[i + 1] : null);
            var isLast = word == "--";
            if (interpreter.Inline.Contains(word) || (interpreter.ClusterEnd is { } end && word.Length is > 2 and < 7 && word[0] == '-' && word[^1] == end && word.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0))
            {
                return new(CodeKind.Inline, word, words[(i + 1)..]);
            }

            if (value is not null && (isLast || interpreter.Code.Contains(word)))
            {
                // A class path has several places; the first is the application's own.
                return new(CodeKind.File, word is "-cp" or "-classpath" or "--class-path" ? value.Split(':')[0].TrimEnd('*') : value, words[(i + 2)..]);
            }

            if (value is not null && interpreter.Modules.Contains(word))
            {
                return new(CodeKind.Module, $"{word} {value}", words[(i + 2)..]);
            }

            if (interpreter.Values.Contains(word))
            {
                i++;
            }
            else if (!word.StartsWith('-') && word.Length > 0 && !interpreter.Verbs.Contains(word))
            {
                return new(CodeKind.File, word, words[(i + 1)..]);
            }
        }

        return new(CodeKind.Unknown, "", []);
    }

    private static Interpreter Node() => new(
        Inline: ["-e", "--eval", "-p", "--print", "-pe"],
        Values:
        [
            "-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--env-file-if-exists", "--title", "--icu-data-dir",
            "--openssl-config", "--redirect-warnings", "--report-dir", "--report-directory", "--diagnostic-dir", "--unhandled-rejections", "--dns-result-order",
            "--input-type", "--disable-warning", "--tls-keylog", "--trace-event-categories", "--watch-path", "--max-http-header-size", "--localstorage-file", "--inspect-port",
        ])
    {
        Verbs = ["inspect"],
    };

    /// <summary>python3.11 is python.</summary>
    private static string PlainName(string program) => Path.GetFileName(program).TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');

    /// <param name="Inline">Options behind which code stands.</param>
    /// <param name="Values">Options with a value of their own.</param>
    private sealed record Interpreter(string[] Inline, string[] Values)
    {
        /// <summary>Options whose value is what runs.</summary>
        public string[] Code { get; init; } = [];

        public string[] Modules { get; init; } = [];

        /// <summary>Words in front of the script that are no script.</summary>
        public string[] Verbs { get; init; } = [];

        /// <summary>Short options that end so, as in <c>-lc</c>, bring code along.</summary>
        public char? ClusterEnd { get; init; }
    }
}
