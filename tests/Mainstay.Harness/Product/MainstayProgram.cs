using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.Harness.Product;

/// <summary>The program under test: MAINSTAY_BIN, else what <c>./mainstay</c> last built.</summary>
public static class MainstayProgram
{
    private static readonly Lazy<string> Found = new(Find);

    public static string Path => Found.Value;

    private static string Find()
    {
        var root = Repository.Root();
        string?[] places =
        [
            Environment.GetEnvironmentVariable("MAINSTAY_BIN"),
            System.IO.Path.Combine(root, "artifacts/run/current/mainstay"),
        ];
        return places.FirstOrDefault(place => place is not null && File.Exists(place))
            ?? throw new HarnessException("there is no built mainstay: run ./mainstay version first, or set MAINSTAY_BIN");
    }
}
