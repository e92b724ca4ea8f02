using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Auth;

/// <summary>Who a request is from, decided from values alone.</summary>
public static class AuthDecision
{
    /// <summary>Admits if one of the policy's methods does and everything that is asked of everybody holds. A method without its settings admits nobody.</summary>
    public static AuthOutcome Decide(AuthPolicy policy, Credentials credentials, JwtKeyRing keys)
    {
        // Whatever stands before us may have looked at the other one.
        if (credentials.Authorization.Length > 1)
        {
            return Refuse(policy, Refusal.SeveralAuthorizations);
        }

        if (policy.OnlyFrom is { } only && !only.Contains(credentials.Peer))
        {
            return Refuse(policy, Refusal.AddressNotListed);
        }

        if (policy.Origins.Check(credentials, ambient: false) is { } origin)
        {
            return Refuse(policy, origin);
        }

        var why = Refusal.AddressNotListed;
        foreach (var method in policy.Methods)
        {
            var outcome = Try(method, policy, credentials, keys);
            if (outcome is AuthOutcome.Admitted)
            {
                if (!method.IsAmbient() || policy.Origins.Check(credentials, ambient: true) is not { } foreign)
                {
                    return outcome;
                }

                outcome = new AuthOutcome.Refused(foreign);
            }

            if (outcome is AuthOutcome.Refused refused && Weight(refused.Why) > Weight(why))
            {
                why = refused.Why;
            }
        }

        return Refuse(policy, policy.Methods.IsEmpty ? Refusal.NoCredentials : why);
    }

    private static AuthOutcome Try(AuthMethod method, AuthPolicy policy, Credentials credentials, JwtKeyRing keys) => method switch
    {
        AuthMethod.Jwt => policy.Jwt is { } jwt ? TryToken(jwt.Rules, credentials, keys) : new AuthOutcome.Refused(Refusal.NoCredentials),
        AuthMethod.Basic => BasicCheck.Check(policy.Basic, credentials),
        AuthMethod.Cidr => policy.Addresses.Contains(credentials.Peer)
            ? new AuthOutcome.Admitted(Identity.Of(AuthMethod.Cidr, credentials.Peer!.ToString()))
            : new AuthOutcome.Refused(Refusal.AddressNotListed),
        AuthMethod.TwilioSignature => policy.Twilio is { } twilio ? TwilioCheck.Check(twilio, credentials) : new AuthOutcome.Refused(Refusal.NoCredentials),
        AuthMethod.SignedUrl => policy.SignedUrl is { } signed ? SignedUrl.Check(signed, credentials) : new AuthOutcome.Refused(Refusal.NoCredentials),
        AuthMethod.None => new AuthOutcome.Admitted(Identity.Of(AuthMethod.None, "")),
    };

    private static AuthOutcome TryToken(JwtRules rules, Credentials credentials, JwtKeyRing keys)
    {
        var (token, why) = TokenSources.Find(credentials, rules.QueryAllowed);
        return token is null ? new AuthOutcome.Refused(why) : JwtVerifier.Verify(token, rules, keys, credentials.Now);
    }

    /// <summary>Of several reasons, the one that says most; the first of equals.</summary>
    private static int Weight(Refusal why) => why.IsForWantOfKeys() ? 3 : why.IsAboutSomethingPresented() ? 2 : why is Refusal.NoCredentials ? 1 : 0;

    private static AuthOutcome.Refused Refuse(AuthPolicy policy, Refusal why)
    {
        if (why.Status() != 401)
        {
            return new(why);
        }

        // RFC 7235 wants a challenge in every 401; RFC 6750 wants no error in it when nothing was presented.
        var bearer = why.IsAboutSomethingPresented() ? "Bearer error=\"invalid_token\"" : "Bearer";
        var challenges = policy.Methods.Where(m => m is AuthMethod.Jwt or AuthMethod.Basic).Select(m => m is AuthMethod.Jwt ? bearer : "Basic realm=\"mainstay\", charset=\"UTF-8\"").ToArray();
        return new(why, challenges.Length == 0 ? "Bearer" : string.Join(", ", challenges));
    }
}
