using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests;

/// <summary>Reads manifests as the tests write them: in /srv/app, without variables and files unless given.</summary>
internal static class Manifest
{
    public static ManifestResult Read(string text, IReadOnlyDictionary<string, string>? variables = null, Func<string, string?>? readFile = null) =>
        ManifestReader.Read(new ManifestSource("mainstay.yaml", "/srv/app", text, variables ?? new Dictionary<string, string>()), readFile is null ? null : path => readFile(path) is { } text ? new(text, null) : FileText.NotThere);

    public static StackSpec Stack(string text, IReadOnlyDictionary<string, string>? variables = null, Func<string, string?>? readFile = null)
    {
        var result = Read(text, variables, readFile);
        Assert.True(result.Stack is not null, Screen(result));
        return result.Stack;
    }

    /// <summary>A stack of one service "api" with the given lines.</summary>
    public static ServiceSpec Service(params string[] lines) => Stack(With(lines)).Services[0];

    public static string With(params string[] lines) =>
        "stack: test\nservices:\n  api:\n    command: [ node ]\n" + string.Concat(lines.Select(l => $"    {l}\n"));

    public static Problem OnlyProblem(string text) => Assert.Single(Read(text).Problems);

    public static string Screen(ManifestResult result) => string.Concat(result.Problems.Select(p => $"{p}\n"));
}
