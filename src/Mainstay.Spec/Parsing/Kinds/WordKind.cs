using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>One of a few words. The first word for a value is the one that is shown; others for the same value are accepted.</summary>
internal sealed class WordKind<T>(params (string Word, T Value)[] words) : ScalarKind<T>(ManifestCodes.BadChoice)
{
    public override string Expected => $"one of {string.Join(", ", words.DistinctBy(w => w.Value).Select(w => w.Word))}";

    public override string Example => words[0].Word;

    public override string Show(T value) => words.First(w => Equals(w.Value, value)).Word;

    protected override JsonObject TextSchema => new() { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)w.Word)]) };

    protected override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        var (word, found) = words.FirstOrDefault(w => w.Word == text);
        value = found;
        return word is not null;
    }

    protected override string? Hint(string text) =>
        NearestWord.To(text, words.Select(w => w.Word)) is { } nearest ? $"write \"{nearest}\"" : null;
}
