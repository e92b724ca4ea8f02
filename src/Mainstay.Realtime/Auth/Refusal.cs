namespace Mainstay.Realtime.Auth;

/// <summary>Why a connection, or what it wants to start, is refused.</summary>
public enum Refusal
{
    NoCredentials,
    SeveralAuthorizations,
    SeveralTokens,
    TokenInQuery,
    TokenTooLong,
    TokenMalformed,
    TokenHeaderRefused,
    TokenTypeRefused,
    AlgorithmRefused,
    KeyUnknown,
    KeysUnavailable,
    SignatureWrong,
    ClaimMalformed,
    ExpiryMissing,
    Expired,
    NotYetValid,
    IssuerWrong,
    AudienceWrong,
    TenantMissing,
    BasicMalformed,
    BasicWrong,
    AddressNotListed,
    TwilioSignatureMalformed,
    TwilioSignatureWrong,
    TicketMalformed,
    TicketWrong,
    TicketExpired,
    OriginMissing,
    OriginRefused,
    ForeignTenant,
    ForeignInteraction,
}

/// <summary>Status, code and sentence of every reason: constants, so that a log cannot repeat what a client sent.</summary>
public static class RefusalText
{
    public static int Status(this Refusal why) => Row(why).Status;

    public static string Code(this Refusal why) => Row(why).Code;

    public static string Sentence(this Refusal why) => Row(why).Sentence;

    /// <summary>Whether the client presented something, and it was not good; such a reason says more than one that nothing came.</summary>
    internal static bool IsAboutSomethingPresented(this Refusal why) => why is not (Refusal.NoCredentials or Refusal.AddressNotListed);

    /// <summary>Whether newer keys could make the answer another one.</summary>
    internal static bool IsForWantOfKeys(this Refusal why) => why is Refusal.KeyUnknown or Refusal.KeysUnavailable;

    private static (int Status, string Code, string Sentence) Row(Refusal why) => why switch
    {
        Refusal.NoCredentials => (401, "no_credentials", "the request carries no credential of a kind that this route takes"),
        Refusal.SeveralAuthorizations => (401, "several_authorizations", "the request has more than one Authorization header"),
        Refusal.SeveralTokens => (401, "several_tokens", "the request carries tokens that differ"),
        Refusal.TokenInQuery => (401, "token_in_query", "the token is in the query, which this route does not take"),
        Refusal.TokenTooLong => (401, "token_too_long", "the token is longer than 8 KiB"),
        Refusal.TokenMalformed => (401, "token_malformed", "the token is not three parts of canonical base64url with JSON objects whose members are unique"),
        Refusal.TokenHeaderRefused => (401, "token_header_refused", "the token's header asks for something that is never done: crit, b64, zip, enc, a key of its own, or a kid that is none"),
        Refusal.TokenTypeRefused => (401, "token_type_refused", "the token says that it is of another type than JWT"),
        Refusal.AlgorithmRefused => (401, "algorithm_refused", "the token's algorithm is not one of this route's"),
        Refusal.KeyUnknown => (401, "key_unknown", "no key of this route has the token's key id and algorithm"),
        Refusal.KeysUnavailable => (503, "keys_unavailable", "the keys of this route could not be loaded yet"),
        Refusal.SignatureWrong => (401, "signature_wrong", "the token's signature is not that of any of its candidate keys"),
        Refusal.ClaimMalformed => (401, "claim_malformed", "a claim of the token has a value of the wrong type or size"),
        Refusal.ExpiryMissing => (401, "expiry_missing", "the token has no exp claim"),
        Refusal.Expired => (401, "expired", "the token has expired"),
        Refusal.NotYetValid => (401, "not_yet_valid", "the token is not valid yet, or was issued in the future"),
        Refusal.IssuerWrong => (401, "issuer_wrong", "the token is of another issuer, or of none"),
        Refusal.AudienceWrong => (401, "audience_wrong", "the token is for another audience, or for none"),
        Refusal.TenantMissing => (403, "tenant_missing", "the token has no tenant_id claim, which this route requires"),
        Refusal.BasicMalformed => (401, "basic_malformed", "the Basic credential is not base64 of user, colon and password"),
        Refusal.BasicWrong => (401, "basic_wrong", "user or password is wrong"),
        Refusal.AddressNotListed => (403, "address_not_listed", "the peer's address is not in the list of this route"),
        Refusal.TwilioSignatureMalformed => (403, "twilio_signature_malformed", "the X-Twilio-Signature header is there twice or is not base64 of 20 bytes"),
        Refusal.TwilioSignatureWrong => (403, "twilio_signature_wrong", "the X-Twilio-Signature header is not that of this URL and auth token"),
        Refusal.TicketMalformed => (401, "ticket_malformed", "the ticket in the URL is not one of ours"),
        Refusal.TicketWrong => (401, "ticket_wrong", "the ticket in the URL is not signed by one of our keys for this route"),
        Refusal.TicketExpired => (401, "ticket_expired", "the ticket in the URL has expired"),
        Refusal.OriginMissing => (403, "origin_missing", "the request has no Origin header, which this route requires"),
        Refusal.OriginRefused => (403, "origin_refused", "the request comes from a page whose origin is not in the list of this route"),
        Refusal.ForeignTenant => (403, "foreign_tenant", "the credential is for another tenant than the one to start"),
        Refusal.ForeignInteraction => (403, "foreign_interaction", "the credential is for another interaction than the one to start"),
    };
}
