using System.Collections.Immutable;
using Mainstay.Spec.Parsing;

namespace Mainstay.Cli.Syntax;

/// <summary>
/// Reads a command line against the verb table. Global options may stand before or after the verb.
/// <c>-f</c> is the manifest everywhere but for verbs that can follow: there it follows, unless the next word is a manifest.
/// </summary>
internal sealed class CommandLineParser(Func<string, bool> isManifest)
{
    private readonly List<string> _arguments = [];
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private VerbSpec? _verb;

    public static ParseOutcome Parse(IReadOnlyList<string> args, Func<string, bool> isManifest) => new CommandLineParser(isManifest).Run(args);

    private ParseOutcome Run(IReadOnlyList<string> args)
    {
        var onlyArguments = false;
        for (var i = 0; i < args.Count; i++)
        {
            var word = args[i];
            if (onlyArguments || word.Length < 2 || word[0] != '-')
            {
                if (TakeWord(word) is { } wrong)
                {
                    return wrong;
                }
            }
            else if (word == "--")
            {
                onlyArguments = true;
            }
            else if (word == "--version" && _verb is null)
            {
                _verb = VerbTable.Find("version");
            }
            else if (TakeOption(word, i + 1 < args.Count ? args[i + 1] : null, ref i) is { } wrong)
            {
                return wrong;
            }
        }

        return Conclude();
    }

    private ParseOutcome.Wrong? TakeWord(string word)
    {
        if (_verb is not null)
        {
            _arguments.Add(word);
            return null;
        }

        _verb = VerbTable.Find(word);
        return _verb is null ? Unknown($"there is no command \"{word}\"", "mainstay", NearestWord.To(word, KnownVerbs()), "mainstay help") : null;
    }

    private ParseOutcome.Wrong? TakeOption(string word, string? next, ref int i)
    {
        var (name, attached) = Split(word);
        var option = Find(name, attached ?? next);
        if (option is null)
        {
            return Unknown($"there is no option {name}{(_verb is null ? "" : $" for \"{_verb.Name}\"")}", Prefix(), NearestWord.To(name, KnownOptions()), $"{Prefix()} --help");
        }

        if (option.IsFlag)
        {
            if (attached is not null)
            {
                return new($"--{option.Long} takes no value, but was given \"{attached}\"", $"{Prefix()} --{option.Long}");
            }

            _options[option.Long] = "";
            return null;
        }

        var value = attached ?? next;
        if (string.IsNullOrEmpty(value) || (attached is null && value.Length > 1 && value[0] == '-' && !char.IsDigit(value[1])))
        {
            return new($"--{option.Long} needs a value: <{option.Value}>", $"{Prefix()} --{option.Long} <{option.Value}>");
        }

        _options[option.Long] = option.Repeats && _options.TryGetValue(option.Long, out var earlier) ? $"{earlier},{value}" : value;
        i += attached is null ? 1 : 0;
        return null;
    }

    /// <summary><c>--lines=5</c>, <c>-n=5</c> and <c>-n5</c> carry their value with them.</summary>
    private static (string Name, string? Attached) Split(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            return (word[..equals], word[(equals + 1)..]);
        }

        return word[1] != '-' && word.Length > 2 && char.IsDigit(word[2]) ? (word[..2], word[2..]) : (word, null);
    }

    private OptionSpec? Find(string name, string? next)
    {
        var found = _verb is null ? null : Find(_verb.Options, name);
        var meansManifest = found == VerbTable.Follow && name == "-f" && next is not null && isManifest(next);
        return found is null || meansManifest ? Find(VerbTable.Globals, name) : found;
    }

    private static OptionSpec? Find(ImmutableArray<OptionSpec> options, string name)
    {
        foreach (var option in options)
        {
            if (name.Length == 2 ? option.Short == name[1] : name.StartsWith("--", StringComparison.Ordinal) && name.AsSpan(2).SequenceEqual(option.Long))
            {
                return option;
            }
        }

        return null;
    }

    private ParseOutcome Conclude()
    {
        if (_options.ContainsKey(VerbTable.Help.Long) || _verb is null)
        {
            return new ParseOutcome.HelpAsked(_verb);
        }

        if (_verb.Name == "help")
        {
            return HelpFor();
        }

        if (_arguments.Count < _verb.MinArguments)
        {
            return new ParseOutcome.Wrong($"\"{_verb.Name}\" needs {_verb.Arguments}", _verb.Usage);
        }

        if (_arguments.Count > _verb.MaxArguments)
        {
            return new ParseOutcome.Wrong($"\"{_verb.Name}\" takes {(_verb.MaxArguments == 0 ? "no arguments" : _verb.Arguments)}, but was given \"{string.Join(' ', _arguments)}\"", _verb.Usage);
        }

        return new ParseOutcome.Parsed(new(_verb, [.. _arguments], _options.ToImmutableDictionary()));
    }

    private ParseOutcome HelpFor()
    {
        if (_arguments.Count == 0)
        {
            return new ParseOutcome.HelpAsked(VerbTable.Find("help"));
        }

        return VerbTable.Find(_arguments[0]) is { } verb
            ? new ParseOutcome.HelpAsked(verb)
            : Unknown($"there is no command \"{_arguments[0]}\"", "mainstay help", NearestWord.To(_arguments[0], KnownVerbs()), "mainstay help");
    }

    private string Prefix() => _verb is null ? "mainstay" : $"mainstay {_verb.Name}";

    private static ParseOutcome.Wrong Unknown(string what, string prefix, string? nearest, string otherwise) =>
        new(nearest is null ? what : $"{what}; did you mean \"{nearest}\"?", nearest is null ? otherwise : $"{prefix} {nearest}");

    private static IEnumerable<string> KnownVerbs()
    {
        foreach (var verb in VerbTable.All)
        {
            yield return verb.Name;
        }
    }

    private IEnumerable<string> KnownOptions()
    {
        foreach (var option in _verb is null ? VerbTable.Globals : _verb.Options.AddRange(VerbTable.Globals))
        {
            yield return $"--{option.Long}";
        }
    }
}
