using System.Xml.Linq;
using Mainstay.Testing;

namespace Mainstay.Architecture.Tests;

/// <summary>The arrows of docs/ARCHITECTURE.md, as a test. A new arrow comes with a decision note.</summary>
public class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Mainstay.Spec"] = [],
        ["Mainstay.Linux"] = [],
        ["Mainstay.Journal"] = [],
        ["Mainstay.SegmentLog"] = ["Mainstay.Linux"],
        ["Mainstay.Contracts"] = ["Mainstay.Spec"],
        ["Mainstay.Preflight"] = ["Mainstay.Spec", "Mainstay.Contracts", "Mainstay.Linux"],
        ["Mainstay.Supervisor"] = ["Mainstay.Spec", "Mainstay.Contracts", "Mainstay.Linux", "Mainstay.Journal"],
        ["Mainstay.Rollout"] = ["Mainstay.Spec", "Mainstay.Contracts", "Mainstay.Journal"],
        ["Mainstay.Edge"] = ["Mainstay.Contracts", "Mainstay.Linux"],
        ["Mainstay.Realtime"] = ["Mainstay.Contracts", "Mainstay.Linux", "Mainstay.SegmentLog"],
        ["Mainstay.Daemon"] = ["Mainstay.Spec", "Mainstay.Contracts", "Mainstay.Linux", "Mainstay.Journal", "Mainstay.Preflight", "Mainstay.Supervisor", "Mainstay.Rollout"],
        ["Mainstay.Cli"] = ["Mainstay.Spec", "Mainstay.Contracts", "Mainstay.Preflight"],
        ["Mainstay"] = ["Mainstay.Cli", "Mainstay.Daemon", "Mainstay.Edge", "Mainstay.Realtime"],
    };

    [Fact]
    public void Projects_reference_only_what_the_architecture_allows()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Repository.Root(), "src"), "*.csproj", SearchOption.AllDirectories).ToArray();
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.ContainsKey(name), $"{name} has no place in docs/ARCHITECTURE.md yet");
            var references = XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
            Assert.Empty(references.Except(Allowed[name]).Select(r => $"{name} -> {r}"));
        }
    }

    [Fact]
    public void Unsafe_code_and_native_calls_live_in_Linux_alone()
    {
        var strangers = SourceFiles.Product()
            .Where(f => !f.Path.Contains("/Mainstay.Linux/", StringComparison.Ordinal))
            .Where(f => f.Text.Contains("DllImport(", StringComparison.Ordinal) || f.Text.Contains("LibraryImport(", StringComparison.Ordinal) || f.Text.Contains("unsafe ", StringComparison.Ordinal));
        Assert.Empty(strangers.Select(f => f.Path));
    }
}
