using System.Text;

namespace Mainstay.Harness.Load;

/// <summary>A whole HTTP answer as it came over the wire. Repeated headers are joined with a comma.</summary>
public sealed record PlainResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public bool KeepsAlive => !Header("connection").Contains("close", StringComparison.OrdinalIgnoreCase);

    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}
