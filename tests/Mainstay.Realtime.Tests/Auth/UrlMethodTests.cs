using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Auth;

namespace Mainstay.Realtime.Tests.Auth;

/// <summary>Twilio's signature of a URL, and our own tickets in one.</summary>
public class UrlMethodTests
{
    private static readonly byte[] TwilioToken = RandomNumberGenerator.GetBytes(32);

    private static readonly AuthPolicy Twilio = new() { Methods = [AuthMethod.TwilioSignature], Twilio = new(new(TwilioToken), "wss://voice.example.com") };

    private static readonly SignedUrlSettings Signed = new("/v1/ingest/exotel", new(RandomNumberGenerator.GetBytes(32)));

    private static readonly AuthPolicy Tickets = new() { Methods = [AuthMethod.SignedUrl], SignedUrl = Signed };

    [Theory]
    [InlineData("wss://voice.example.com/v1/ingest", "/v1/ingest", "")]
    [InlineData("wss://voice.example.com/v1/ingest/", "/v1/ingest", "")]
    [InlineData("wss://voice.example.com/v1/ingest", "/v1/ingest/", "")]
    [InlineData("wss://voice.example.com/a%20b?x=1", "/a%20b", "x=1")]
    public void A_handshake_that_Twilio_signed_is_known_by_the_public_url(string signed, string path, string query) =>
        Assert.Equal(AuthMethod.TwilioSignature, Twilio.Decide(TwilioRequest(Sign(signed)) with { Path = path, Query = query }).ShouldAdmit().Method);

    [Fact]
    public void Another_url_scheme_or_form_of_the_signature_is_refused()
    {
        var good = Sign("wss://voice.example.com/v1/ingest");
        Twilio.Decide(TwilioRequest(Sign("https://voice.example.com/v1/ingest"))).ShouldRefuse(Refusal.TwilioSignatureWrong);
        Twilio.Decide(TwilioRequest(good) with { Path = "/v1/other" }).ShouldRefuse(Refusal.TwilioSignatureWrong);
        Twilio.Decide(TwilioRequest(good) with { Query = "a=b" }).ShouldRefuse(Refusal.TwilioSignatureWrong);
        Twilio.Decide(TwilioRequest(good) with { TwilioSignature = [good, good] }).ShouldRefuse(Refusal.TwilioSignatureMalformed);
        Twilio.Decide(TwilioRequest(good.TrimEnd('='))).ShouldRefuse(Refusal.TwilioSignatureMalformed);
        Twilio.Decide(TwilioRequest("")).ShouldRefuse(Refusal.TwilioSignatureMalformed);
        Twilio.Decide(Forge.Nothing).ShouldRefuse(Refusal.NoCredentials);
    }

    [Fact]
    public void The_host_that_the_request_names_does_not_matter_because_a_client_chooses_it() =>
        Twilio.Decide(TwilioRequest(Sign("wss://evil.example.com/v1/ingest")) with { Host = "evil.example.com" }).ShouldRefuse(Refusal.TwilioSignatureWrong);

    [Fact]
    public void A_ticket_admits_in_the_path_and_in_the_query_and_binds_tenant_and_call()
    {
        var inPath = Tickets.Decide(At(SignedUrl.MakePath(Signed, "tenant-a", "call-1", Forge.Now, SignedUrlSettings.DefaultLife))).ShouldAdmit();
        Assert.True(inPath is { Tenant: "tenant-a", Interaction: "call-1", ValidUntil: null });
        var inQuery = Tickets.Decide(At(Signed.Route) with { Query = "sample-rate=8000&ticket=" + Ticket(null, null) }).ShouldAdmit();
        Assert.True(inQuery is { Tenant: null, Interaction: null });
        StartBinding.MayStart(inPath, "tenant-b", "call-1").ShouldRefuse(Refusal.ForeignTenant);
        StartBinding.MayStart(inPath, "tenant-a", "call-2").ShouldRefuse(Refusal.ForeignInteraction);
    }

    [Fact]
    public void A_ticket_ends_to_the_second()
    {
        var request = At(SignedUrl.MakePath(Signed, "t", null, Forge.Now, TimeSpan.FromSeconds(10)));
        Tickets.Decide(request with { Now = Forge.Now.AddSeconds(9) }).ShouldAdmit();
        Tickets.Decide(request with { Now = Forge.Now.AddSeconds(10) }).ShouldRefuse(Refusal.TicketExpired);
    }

    [Fact]
    public void A_ticket_of_the_previous_key_is_good_and_one_of_another_key_or_route_is_not()
    {
        var rotated = Tickets with { SignedUrl = Signed with { Key = new(RandomNumberGenerator.GetBytes(32)), PreviousKey = Signed.Key } };
        rotated.Decide(At($"{Signed.Route}/{Ticket("t", "c")}")).ShouldAdmit();
        var replaced = Tickets with { SignedUrl = Signed with { Key = new(RandomNumberGenerator.GetBytes(32)) } };
        replaced.Decide(At($"{Signed.Route}/{Ticket("t", "c")}")).ShouldRefuse(Refusal.TicketWrong);
        var elsewhere = Tickets with { SignedUrl = Signed with { Route = "/v1/hub" } };
        elsewhere.Decide(At($"/v1/hub/{Ticket("t", "c")}")).ShouldRefuse(Refusal.TicketWrong);
    }

    [Fact]
    public void Two_tickets_a_torn_one_or_none_are_refused()
    {
        var ticket = Ticket("t", "c");
        Tickets.Decide(At($"{Signed.Route}/{ticket}") with { Query = "ticket=" + Ticket("t", "d") }).ShouldRefuse(Refusal.SeveralTokens);
        Tickets.Decide(At($"{Signed.Route}/{ticket[..^1]}")).ShouldRefuse(Refusal.TicketMalformed);
        Tickets.Decide(At($"{Signed.Route}/{ticket}/")).ShouldRefuse(Refusal.TicketMalformed);
        Tickets.Decide(At(Signed.Route)).ShouldRefuse(Refusal.NoCredentials);
    }

    [Fact]
    public void A_ticket_with_any_one_character_changed_is_refused()
    {
        var ticket = Ticket("tenant-a", "call-1");
        var changes = Gen.Choose(0, ticket.Length - 1).SelectMany(_ => Gen.Choose(33, 126), (at, with) => (at, (char)with));
        Prop.ForAll(Arb.From(changes), change =>
        {
            var changed = new StringBuilder(ticket) { [change.at] = change.Item2 }.ToString();
            return changed == ticket || Tickets.Decide(At($"{Signed.Route}/{changed}")) is AuthOutcome.Refused;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void A_ticket_is_not_made_for_longer_than_an_hour_or_for_a_name_that_is_none()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SignedUrl.MakeTicket(Signed, null, null, Forge.Now, TimeSpan.FromMinutes(61)));
        Assert.Throws<ArgumentException>(() => SignedUrl.MakeTicket(Signed, "a\nb", null, Forge.Now, TimeSpan.FromMinutes(1)));
    }

    private static string Ticket(string? tenant, string? call) => SignedUrl.MakeTicket(Signed, tenant, call, Forge.Now, SignedUrlSettings.DefaultLife);

    private static Credentials At(string path) => Forge.Nothing with { Path = path };

    private static Credentials TwilioRequest(string signature) => Forge.Nothing with { TwilioSignature = [signature] };

#pragma warning disable CA5350 // Twilio chose it.
    private static string Sign(string url) => Convert.ToBase64String(HMACSHA1.HashData(TwilioToken, Encoding.UTF8.GetBytes(url)));
#pragma warning restore CA5350
}
