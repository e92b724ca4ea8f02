using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Tests;

/// <summary>The stack of the tests, read from real YAML, as a command would name it: <c>mainstay.yaml</c> in /srv/shop.</summary>
internal static class Shop
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static ReadableManifest Stack(string yaml, string directory = "/srv/shop")
    {
        var read = Read(yaml, directory);
        return read.Stack is not null ? read.Readable! : throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    public static ManifestResult Read(string yaml, string directory = "/srv/shop") =>
        ManifestReader.Read(new ManifestSource("mainstay.yaml", directory, yaml, ImmutableDictionary<string, string>.Empty));

    /// <summary>One service, "api", with these lines added to it.</summary>
    public static ReadableManifest Api(params ReadOnlySpan<string> lines)
    {
        var own = lines.ToArray().Select(l => $"    {l}\n").ToArray();
        var command = own.Any(l => l.TrimStart().StartsWith("command:", StringComparison.Ordinal)) ? "" : "    command: [ node, server.js ]\n";
        return Stack($"stack: shop\nservices:\n  api:\n    directory: api\n{command}{string.Concat(own)}");
    }

    public static PreflightReport Check(ReadableManifest stack, IHostFacts host) => PreflightCheck.Run(stack, new PreflightHost(new HomeLayout("/var/lib/mainstay"), host, Noon));

    public static FakeHost NewHost()
    {
        var host = new FakeHost();
        host.AddFile("/srv/shop/api/server.js");
        return host;
    }

    public static string Ids(IEnumerable<Problem> problems) => string.Join(" ", problems.Select(p => p.Code));
}
