using System.Security.Cryptography;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using static Mainstay.Spec.Tests.EnvSchema.EnvSchemaFixture;

namespace Mainstay.Spec.Tests.EnvSchema;

/// <summary>What each type takes and what it refuses.</summary>
public sealed class ValueTypeTests
{
    [Theory]
    [InlineData(EnvType.String, "anything at all")]
    [InlineData(EnvType.Int, "0")]
    [InlineData(EnvType.Int, "-12")]
    [InlineData(EnvType.Int, "9223372036854775807")]
    [InlineData(EnvType.Float, "0.5")]
    [InlineData(EnvType.Float, "-1e3")]
    [InlineData(EnvType.Bool, "true")]
    [InlineData(EnvType.Bool, "OFF")]
    [InlineData(EnvType.Bool, "1")]
    [InlineData(EnvType.Duration, "0")]
    [InlineData(EnvType.Duration, "1h30m")]
    [InlineData(EnvType.Duration, "250ms")]
    [InlineData(EnvType.Bytes, "1024")]
    [InlineData(EnvType.Bytes, "64KiB")]
    [InlineData(EnvType.Bytes, "500MB")]
    [InlineData(EnvType.Port, "1")]
    [InlineData(EnvType.Port, "65535")]
    [InlineData(EnvType.Url, "https://example.com")]
    [InlineData(EnvType.Url, "redis://127.0.0.1:6379/0")]
    [InlineData(EnvType.Url, "mongodb://a:27017,b:27018/db?x=1")]
    [InlineData(EnvType.Url, "postgres://u:p%40@[::1]:5432/db")]
    [InlineData(EnvType.Url, "file:///etc/hosts")]
    [InlineData(EnvType.Secret, "whatever")]
    public void A_value_of_its_type_is_accepted(EnvType type, string value) => Assert.Empty(Check(Rule("X", type), $"X={value}"));

    [Theory]
    [InlineData(EnvType.Int, "1.0", "is not a whole number")]
    [InlineData(EnvType.Int, "1,000", "is not a whole number")]
    [InlineData(EnvType.Int, " 5", "; it begins or ends with a blank")]
    [InlineData(EnvType.Int, "\"5\"", "; the quote marks around it are part of the value")]
    [InlineData(EnvType.Int, "9223372036854775808", "is not a whole number")]
    [InlineData(EnvType.Float, "NaN", "is not a number")]
    [InlineData(EnvType.Float, "1,5", "is not a number")]
    [InlineData(EnvType.Bool, "maybe", "is neither true nor false")]
    [InlineData(EnvType.Duration, "30", "is not a duration with a unit")]
    [InlineData(EnvType.Duration, "1h 30m", "is not a duration with a unit")]
    [InlineData(EnvType.Duration, "-5s", "is not a duration with a unit")]
    [InlineData(EnvType.Bytes, "lots", "is not a size")]
    [InlineData(EnvType.Bytes, "1.5.2MB", "is not a size")]
    [InlineData(EnvType.Port, "0", "is not a port")]
    [InlineData(EnvType.Port, "65536", "is not a port")]
    [InlineData(EnvType.Port, "+80", "is not a port")]
    [InlineData(EnvType.Url, "localhost:6379", "does not begin with a scheme")]
    [InlineData(EnvType.Url, "http://", "names no host")]
    [InlineData(EnvType.Url, "http://:80/", "names no host")]
    [InlineData(EnvType.Url, "http://a:99999/", "its port is no number")]
    [InlineData(EnvType.Url, "http://[zz]/", "no IPv6 address")]
    [InlineData(EnvType.Url, "http://a b/", "has a blank")]
    public void A_value_of_another_type_is_refused_by_its_shape(EnvType type, string value, string what)
    {
        var problem = Assert.Single(Check(Rule("X", type), $"X={value}"));
        Assert.Equal("MS2011", problem.Code);
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_url_of_another_scheme_is_refused()
    {
        var rule = Rule("REDIS_URL", EnvType.Url) with { Schemes = ["redis", "rediss"] };

        Assert.Empty(Check(rule, "REDIS_URL=REDISS://cache:6379"));
        var problem = Assert.Single(Check(rule, "REDIS_URL=http://cache:6379"));
        Assert.Equal("MS2013", problem.Code);
        Assert.Contains("redis:// or rediss://", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void An_enum_takes_its_values_and_tells_a_slip_of_case()
    {
        var rule = Rule("ADAPTER", EnvType.Enum) with { Values = ["redis_streams", "kafka"] };

        Assert.Empty(Check(rule, "ADAPTER=kafka"));
        Assert.Contains("is none of the permitted values", Check(rule, "ADAPTER=rabbit")[0].What, StringComparison.Ordinal);
        Assert.Contains("only its case", Check(rule, "ADAPTER=Kafka")[0].What, StringComparison.Ordinal);
        Assert.Contains("redis_streams, kafka", Check(rule, "ADAPTER=rabbit")[0].Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EnvFileState.Readable, "")]
    [InlineData(EnvFileState.Missing, "MS2021")]
    [InlineData(EnvFileState.Folder, "MS2021")]
    [InlineData(EnvFileState.NotReadable, "MS2021")]
    public void A_file_must_be_there_for_the_services_user(EnvFileState state, string codes)
    {
        var asked = "";
        var context = Context with
        {
            LookAt = path =>
            {
                asked = path;
                return new(state);
            },
        };

        Assert.Equal(codes, Ids(EnvSchemaEvaluator.Check(Schema(Rule("CERT", EnvType.File)), Env("CERT=tls/cert.pem"), context)));
        Assert.Equal("/srv/api/tls/cert.pem", asked);
    }

    [Fact]
    public void Pem_is_taken_whole_or_with_escaped_line_ends()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var rule = Rule("SIGNER", EnvType.Pem);

        Assert.Empty(Check(rule, $"SIGNER={pem}"));
        Assert.Empty(Check(rule, $"SIGNER={pem.Replace("\n", "\\n", StringComparison.Ordinal)}"));
        Assert.Contains("no line -----BEGIN", Check(rule, "SIGNER=hello")[0].What, StringComparison.Ordinal);
        Assert.Contains("cut off", Check(rule, $"SIGNER={pem[..60]}")[0].What, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Check(rule, "SIGNER=-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_in_the_place_of_a_public_one_is_refused()
    {
        using var key = RSA.Create(2048);

        Assert.Empty(Check(Rule("JWT_PUBLIC_KEY", EnvType.Pem), $"JWT_PUBLIC_KEY={key.ExportSubjectPublicKeyInfoPem()}"));
        Assert.Contains("holds a private key", Check(Rule("JWT_PUBLIC_KEY", EnvType.Pem), $"JWT_PUBLIC_KEY={key.ExportPkcs8PrivateKeyPem()}")[0].What, StringComparison.Ordinal);
    }
}
