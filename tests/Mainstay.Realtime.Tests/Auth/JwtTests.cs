using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Tests.Auth;

public class JwtTests
{
    [Fact]
    public void A_good_token_gives_its_subject_tenant_interaction_and_end()
    {
        var identity = Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256(Forge.Claims(",\"rooms\":[\"a\"],\"n\":7")))).ShouldAdmit();
        Assert.Equal(("agent-7", "tenant-a", "int-1"), (identity.Subject, identity.Tenant, identity.Interaction));
        Assert.Equal(Forge.Now.AddSeconds(3660), identity.ValidUntil);
        Assert.Equal(("[\"a\"]", "7", "agent-7"), (identity.Claims["rooms"], identity.Claims["n"], identity.Claims["sub"]));
        StartBinding.MayStart(identity, "tenant-a", "int-1").ShouldAdmit();
    }

    [Fact]
    public void Each_type_of_key_verifies_tokens_of_its_own_algorithm()
    {
        var policy = Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.RS256, JwtAlgorithm.ES256, JwtAlgorithm.HS256] }, Forge.RsaKey(), Forge.CurveKey(), Forge.SecretKey);
        Assert.All(new[] { Forge.Rs256(), Forge.Es256(), Forge.Hs256() }, token => policy.Decide(Forge.Bearer(token)).ShouldAdmit());
    }

    [Fact]
    public void Clocks_may_be_a_minute_apart()
    {
        var now = Forge.Seconds();
        foreach (var claims in new[] { $"\"exp\":{now - 59}", $"\"exp\":{now + 9.5},\"nbf\":{now + 60}", $"\"exp\":{now + 600},\"iat\":{now + 60}" })
        {
            Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256($$"""{"tenant_id":"t",{{claims}}}"""))).ShouldAdmit();
        }
    }

    [Fact]
    public void Issuer_and_audience_are_compared_where_they_are_configured()
    {
        var policy = Forge.JwtPolicy(new() { Issuer = "me", Audiences = ["ingest", "hub"] });
        policy.Decide(Forge.Bearer(Forge.Rs256(Forge.Claims(",\"iss\":\"me\",\"aud\":\"ingest\"")))).ShouldAdmit();
        policy.Decide(Forge.Bearer(Forge.Rs256(Forge.Claims(",\"iss\":\"me\",\"aud\":[\"other\",\"hub\"]")))).ShouldAdmit();
    }

    [Fact]
    public void The_kid_chooses_among_named_keys_and_a_key_without_a_name_serves_any()
    {
        var named = Forge.JwtPolicy(null, Forge.RsaKey("a"), Forge.RsaKey("b", Forge.OtherRsa));
        named.Decide(Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"b"}""", key: Forge.OtherRsa))).ShouldAdmit();
        named.Decide(Forge.Bearer(Forge.Rs256(key: Forge.OtherRsa))).ShouldAdmit();
        Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256(header: """{"alg":"RS256","kid":"whatever"}"""))).ShouldAdmit();
    }

    [Fact]
    public void A_token_without_a_tenant_may_start_any_where_the_route_says_so()
    {
        var policy = Forge.JwtPolicy(new() { TenantRequired = false });
        var identity = policy.Decide(Forge.Bearer(Forge.Rs256($$"""{"exp":{{Forge.Seconds(60)}}}"""))).ShouldAdmit();
        StartBinding.MayStart(identity, "tenant-z", "int-9").ShouldAdmit();
        StartBinding.MayStart(identity with { Tenant = "t" }, null, "int-9").ShouldRefuse(Refusal.ForeignTenant);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    public void Types_of_access_tokens_are_taken(string type) =>
        Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256(header: $$"""{"typ":"{{type}}","alg":"RS256"}"""))).ShouldAdmit();

    [Fact]
    public void A_token_comes_by_header_subprotocol_or_allowed_query_and_the_same_one_may_come_twice()
    {
        var (token, policy) = (Forge.Rs256(), Forge.JwtPolicy(new() { QueryAllowed = true }));
        policy.Decide(Forge.Header("bearer  " + token)).ShouldAdmit();
        policy.Decide(Forge.Nothing with { SubProtocol = ["mainstay.hub.v1, bearer." + token] }).ShouldAdmit();
        policy.Decide(Forge.Nothing with { SubProtocol = ["mainstay.hub.v1", "bearer." + token] }).ShouldAdmit();
        policy.Decide(Forge.Nothing with { Query = "a=b&access_token=" + token }).ShouldAdmit();
        policy.Decide(Forge.Bearer(token) with { SubProtocol = ["bearer." + token], Query = "access_token=" + token }).ShouldAdmit();
        policy.Decide(Forge.Bearer(token) with { Query = "access_token=other" }).ShouldRefuse(Refusal.SeveralTokens);
        policy.Decide(Forge.Nothing with { Query = $"access_token={token}&access_token=b" }).ShouldRefuse(Refusal.SeveralTokens);
    }

    [Fact]
    public void A_token_is_never_among_the_subprotocols_to_choose_from() =>
        Assert.Equal(["mainstay.hub.v1", "other"], TokenSources.OfferedSubProtocols(Forge.Nothing with { SubProtocol = ["bearer.abc, mainstay.hub.v1", "other"] }));

    [Fact]
    public void While_keys_are_still_to_come_the_client_is_not_at_fault()
    {
        var missing = AuthDecision.Decide(Forge.JwtPolicy(), Forge.Bearer(Forge.Rs256()), new([], Complete: false));
        missing.ShouldRefuse(Refusal.KeysUnavailable);
        Assert.Equal(503, ((AuthOutcome.Refused)missing).Status);
        AuthDecision.Decide(Forge.JwtPolicy(), Forge.Bearer(Forge.Rs256(header: """{"alg":"none"}""")), new([], Complete: false)).ShouldRefuse(Refusal.AlgorithmRefused);
    }

    [Fact]
    public void A_token_with_any_one_character_changed_is_refused()
    {
        var policy = Forge.JwtPolicy(new() { Algorithms = [JwtAlgorithm.RS256, JwtAlgorithm.ES256, JwtAlgorithm.HS256] }, Forge.RsaKey(), Forge.CurveKey(), Forge.SecretKey);
        foreach (var token in new[] { Forge.Rs256(), Forge.Es256(), Forge.Hs256() })
        {
            var changes = Gen.Choose(0, token.Length - 1).SelectMany(_ => Gen.Choose(1, 126), (at, with) => (at, (char)with));
            Prop.ForAll(Arb.From(changes), change =>
            {
                var changed = new StringBuilder(token) { [change.at] = change.Item2 }.ToString();
                return changed == token || policy.Decide(Forge.Bearer(changed)) is AuthOutcome.Refused;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        }
    }

    [Fact]
    public void The_last_character_of_a_token_has_one_good_form()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \t\n";
        var (token, policy) = (Forge.Es256(), Forge.JwtPolicy(null, Forge.CurveKey()));
        Assert.Equal([token], Alphabet.Select(c => token[..^1] + c).Where(t => policy.Decide(Forge.Bearer(t)) is AuthOutcome.Admitted));
    }

    [Fact]
    public void Random_text_never_throws_and_never_gets_in() => Prop.ForAll<string>(text =>
        Forge.JwtPolicy().Decide(Forge.Bearer(text ?? "")) is AuthOutcome.Refused
        && Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256(text ?? ""))) is AuthOutcome.Refused
        && Forge.JwtPolicy().Decide(Forge.Bearer(Forge.Rs256(header: text ?? ""))) is AuthOutcome.Refused).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
}
