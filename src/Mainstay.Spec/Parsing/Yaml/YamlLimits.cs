namespace Mainstay.Spec.Parsing.Yaml;

/// <summary>How much of a manifest is read. A stack of 500 services has about 20,000 values and 300 KB.</summary>
internal static class YamlLimits
{
    /// <summary>Characters of the whole file.</summary>
    public const int Text = 1_000_000;

    /// <summary>Maps and lists within each other; the deepest key of the manifest is 6 levels down.</summary>
    public const int Depth = 24;

    /// <summary>Maps, lists and values together.</summary>
    public const int Nodes = 100_000;

    /// <summary>Characters of one value; a certificate chain fits, a file does not.</summary>
    public const int Scalar = 65_536;

    /// <summary>Characters of one key.</summary>
    public const int Key = 256;
}
