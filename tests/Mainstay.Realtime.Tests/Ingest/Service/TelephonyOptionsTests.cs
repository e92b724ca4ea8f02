using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Service;

namespace Mainstay.Realtime.Tests.Ingest.Service;

public sealed class TelephonyOptionsTests
{
    [Fact]
    public void Without_variables_no_carrier_has_a_route()
    {
        var telephony = Read().Options!.Telephony;

        Assert.Empty(telephony.Routes);
        Assert.Equal((false, null, null, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)), (telephony.ExotelAtRoot, telephony.Tenant, telephony.CallsToken, telephony.ExotelIdle, telephony.Drain));
    }

    [Fact]
    public void Each_route_has_methods_of_its_own_and_the_details_in_common()
    {
        var telephony = Read(
            ("EXOTEL_AUTH", "basic, cidr"), ("TWILIO_AUTH", "twilio_signature"), ("BASIC_AUTH", "a:b"), ("ALLOWED_CIDRS", "203.0.113.0/24"), ("TWILIO_AUTH_TOKEN", "t"), ("PUBLIC_URL", "https://voice.example.com/"),
            ("SUPPORT_EXOTEL", "true"), ("EXO_IDLE_CLOSE_S", "30"), ("CALL_DRAIN", "5m"), ("TELEPHONY_TENANT", "ours")).Options!.Telephony;

        Assert.Equal(["exotel Basic Cidr", "twilio TwilioSignature"], telephony.Routes.Select(r => $"{r.Dialect.Name} {string.Join(' ', r.Policy.Methods)}"));
        Assert.Equal((true, "ours", "wss://voice.example.com", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)), (telephony.ExotelAtRoot, telephony.Tenant, telephony.PublicUrl, telephony.ExotelIdle, telephony.Drain));
    }

    [Theory]
    [InlineData("EXOTEL_AUTH", "basic", "BASIC_AUTH is needed for the method basic")]
    [InlineData("TELNYX_AUTH", "telepathy", "TELNYX_AUTH has an entry 1 that is no method")]
    [InlineData("TWILIO_AUTH", "none, basic", "TWILIO_AUTH names \"none\" beside other methods")]
    [InlineData("SUPPORT_EXOTEL", "true", "SUPPORT_EXOTEL is set without EXOTEL_AUTH")]
    [InlineData("EXO_BRIDGE_ENABLED", "true", "EXO_BRIDGE_ENABLED is set without EXOTEL_AUTH")]
    [InlineData("EXO_MAX_BUFFER_MS", "99", "EXO_MAX_BUFFER_MS")]
    [InlineData("EXO_IDLE_CLOSE_S", "301", "EXO_IDLE_CLOSE_S")]
    [InlineData("CALL_DRAIN", "5h", "CALL_DRAIN")]
    [InlineData("CALLS_TOKEN", "short", "CALLS_TOKEN")]
    public void What_is_wrong_is_said_by_the_name_of_its_variable(string name, string value, string told)
    {
        var (options, problems) = Read((name, value));

        Assert.Null(options);
        Assert.Contains(problems, p => p.Contains(told, StringComparison.Ordinal));
    }

    private static (IngestOptions? Options, IReadOnlyList<string> Problems) Read(params (string Name, string Value)[] more)
    {
        var environment = more.Append(("PORT", "5000")).Append(("INGEST_AUTH", "none")).ToDictionary(p => p.Item1, p => p.Item2);
        var (options, problems) = IngestOptions.Read(environment);
        return (options, problems);
    }
}
