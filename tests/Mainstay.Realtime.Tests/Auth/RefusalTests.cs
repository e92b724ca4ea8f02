using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Auth;

/// <summary>C11: wrong or absent credentials never reach "started". The table is Golden/refusals.txt.</summary>
public class RefusalTests
{
    [Fact]
    public void Every_bad_credential_is_refused_for_its_own_reason()
    {
        var table = new StringBuilder();
        foreach (var one in RefusalCases.All())
        {
            var refused = Assert.IsType<AuthOutcome.Refused>(Outcome(one), exactMatch: false);
            table.Append(refused.Status).Append(' ').Append(refused.Code.PadRight(26)).Append(one.Name).Append('\n');
        }

        Golden.Match(table.ToString(), "refusals.txt");
    }

    [Fact]
    public void Nothing_that_is_said_of_a_refusal_repeats_a_part_of_the_credential()
    {
        foreach (var one in RefusalCases.All())
        {
            var refused = (AuthOutcome.Refused)Outcome(one);
            var said = $"{refused.Code} {refused.Because} {refused.Challenge} {refused} {one.Credentials} {one.Policy}";
            foreach (var sent in one.Credentials.Authorization.Concat(one.Credentials.SubProtocol).Append(one.Credentials.Query))
            {
                var value = sent[(sent.IndexOf(' ') + 1)..];
                Assert.DoesNotContain(Enumerable.Range(0, Math.Max(0, value.Length - 12)), i => said.Contains(value.Substring(i, 12), StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Every_reason_has_a_code_and_a_sentence_of_its_own()
    {
        var reasons = Enum.GetValues<Refusal>();
        Assert.Equal(reasons.Length, reasons.Select(r => r.Code()).Distinct().Count());
        Assert.Equal(reasons.Length, reasons.Select(r => r.Sentence()).Distinct().Count());
        Assert.All(reasons, r => Assert.Contains(r.Status(), new[] { 401, 403, 503 }));
    }

    [Fact]
    public void A_refusal_with_401_says_how_to_prove_oneself()
    {
        var basic = new AuthPolicy { Methods = [AuthMethod.Jwt, AuthMethod.Basic], Basic = [new("a", "b")], Jwt = Forge.JwtPolicy().Jwt };
        Assert.Equal("Bearer, Basic realm=\"mainstay\", charset=\"UTF-8\"", ((AuthOutcome.Refused)basic.Decide(Forge.Nothing)).Challenge);
        Assert.Equal("Bearer error=\"invalid_token\"", ((AuthOutcome.Refused)Forge.JwtPolicy().Decide(Forge.Bearer("x"))).Challenge);
    }

    private static AuthOutcome Outcome(RefusalCase one)
    {
        var outcome = one.Policy.Decide(one.Credentials);
        return outcome is AuthOutcome.Admitted admitted ? StartBinding.MayStart(admitted.Identity, one.Start.Tenant, one.Start.Interaction) : outcome;
    }
}
