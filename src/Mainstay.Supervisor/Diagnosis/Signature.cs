using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>One known reason for a failure, as signatures.json describes it. The first in the file that fits is the cause; any condition that is named must hold.</summary>
/// <param name="When">A condition on the facts, by its name in <see cref="Conditions"/>.</param>
/// <param name="SpawnErrno">The process could not be started, with one of these errors.</param>
/// <param name="Lines">Patterns over single log lines; one must match. The first pattern that does names the captures.</param>
/// <param name="ExitCode">With <paramref name="Lines"/>: the process must have ended with one of these.</param>
/// <param name="Details">Patterns that add captures, where they match; with <paramref name="NeedsDetails"/> one must.</param>
/// <param name="Collect">Patterns whose captures are gathered from all lines.</param>
/// <param name="Generic">Fits every error of a kind: worth telling only when nothing more exact does.</param>
/// <param name="Last">The last line that matches counts instead of the first.</param>
internal sealed record SignatureData(
    string Id,
    string Cause,
    ImmutableArray<string> Try,
    string? When = null,
    ImmutableArray<int> SpawnErrno = default,
    ImmutableArray<string> Lines = default,
    ImmutableArray<int> ExitCode = default,
    ImmutableArray<string> Details = default,
    bool NeedsDetails = false,
    ImmutableArray<string> Collect = default,
    bool Last = false,
    bool Generic = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SignatureData[]))]
internal sealed partial class SignatureJson : JsonSerializerContext;

/// <summary>A signature with its patterns made ready. They run in linear time, because a service decides what they run over.</summary>
internal sealed class Signature
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // The automata behind the patterns take some 60 MB once they have run: they stay only as long as somebody explains something.
    private static readonly WeakReference<Loaded> s_loaded = new(new([]));

    private readonly ImmutableArray<Regex> _lines;
    private readonly ImmutableArray<Regex> _details;
    private readonly ImmutableArray<Regex> _collect;

    public Signature(SignatureData data)
    {
        Data = data;
        (_lines, _details, _collect) = (Patterns(data.Lines), Patterns(data.Details), Patterns(data.Collect));
    }

    public static ImmutableArray<Signature> All
    {
        get
        {
            if (!s_loaded.TryGetTarget(out var loaded) || loaded.Signatures.IsEmpty)
            {
                s_loaded.SetTarget(loaded = new(Load()));
            }

            return loaded.Signatures;
        }
    }

    public SignatureData Data { get; }

    /// <summary>What the signature found, or null when it does not fit.</summary>
    public SignatureMatch? Match(FailureFacts facts, ImmutableArray<string> lines)
    {
        if (Data.When is { } when && !Conditions.Holds(when, facts))
        {
            return null;
        }

        if (!Data.SpawnErrno.IsDefault && !(facts.Spawn is { } spawn && Data.SpawnErrno.Contains(spawn.Errno)))
        {
            return null;
        }

        if (_lines.IsEmpty)
        {
            return Data.When is null ? null : new SignatureMatch(this, ImmutableDictionary<string, string>.Empty, null);
        }

        return Data.ExitCode.IsDefault || (facts.Exit?.Code is { } code && Data.ExitCode.Contains(code)) ? MatchLines(lines) : null;
    }

    private SignatureMatch? MatchLines(ImmutableArray<string> lines)
    {
        foreach (var pattern in _lines)
        {
            foreach (var line in Data.Last ? lines.Reverse() : lines.AsEnumerable())
            {
                if (pattern.Match(line) is { Success: true } match)
                {
                    var captures = ImmutableDictionary.CreateBuilder<string, string>();
                    Take(match, captures);
                    return AddDetails(lines, captures) || !Data.NeedsDetails ? new SignatureMatch(this, captures.ToImmutable(), line) : null;
                }
            }
        }

        return null;
    }

    private bool AddDetails(ImmutableArray<string> lines, ImmutableDictionary<string, string>.Builder captures)
    {
        var found = false;
        foreach (var match in _details.SelectMany(pattern => lines.Select(line => pattern.Match(line)).Where(m => m.Success)))
        {
            found = true;
            Take(match, captures);
        }

        foreach (var group in _collect.SelectMany(pattern => lines.SelectMany(line => Named(pattern.Match(line)))).ToLookup(g => g.Name, g => g.Value))
        {
            captures[group.Key] = string.Join(", ", group.Distinct());
        }

        return found;
    }

    private static void Take(Match match, ImmutableDictionary<string, string>.Builder captures)
    {
        foreach (var group in Named(match))
        {
            captures.TryAdd(group.Name, group.Value);
        }
    }

    private static IEnumerable<Group> Named(Match match) => match.Groups.Values.Where(g => g.Success && g.Length > 0 && !char.IsAsciiDigit(g.Name[0]));

    private static ImmutableArray<Regex> Patterns(ImmutableArray<string> patterns) => patterns.IsDefault ? [] : [.. patterns.Select(p => new Regex(p, Options))];

    private static ImmutableArray<Signature> Load()
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("Mainstay.Supervisor.Diagnosis.signatures.json")
            ?? throw new InvalidOperationException("signatures.json is not embedded");
        var data = JsonSerializer.Deserialize(file, SignatureJson.Default.SignatureDataArray) ?? [];
        return [.. data.Select(d => new Signature(d))];
    }

    private sealed record Loaded(ImmutableArray<Signature> Signatures);
}

/// <param name="Line">The log line that gave it away; null when the facts did.</param>
internal sealed record SignatureMatch(Signature Signature, ImmutableDictionary<string, string> Captures, string? Line);
