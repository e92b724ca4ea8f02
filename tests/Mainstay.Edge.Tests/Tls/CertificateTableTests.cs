using Mainstay.Edge.Tls;

namespace Mainstay.Edge.Tests.Tls;

public sealed class CertificateTableTests
{
    private static readonly CertificateTable<string> Table = new([("first.test", "first"), ("*.example.com", "wild"), ("api.example.com", "api"), ("API.example.com", "late")]);

    [Theory]
    [InlineData("api.example.com", "api")]
    [InlineData("API.EXAMPLE.COM", "api")]
    [InlineData("www.example.com", "wild")]
    [InlineData("a.b.example.com", "first")]
    [InlineData("example.com", "first")]
    [InlineData("unknown.test", "first")]
    [InlineData("", "first")]
    [InlineData(null, "first")]
    public void Exact_then_one_label_wildcard_then_the_first(string? name, string expected) => Assert.Equal(expected, Table.Find(name));

    [Fact]
    public void Without_certificates_there_is_none() => Assert.Null(new CertificateTable<string>([]).Find("x"));
}
