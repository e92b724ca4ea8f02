namespace Mainstay.Realtime.Auth;

/// <summary>A way to prove who a connection is.</summary>
public enum AuthMethod
{
    /// <summary>A signed token.</summary>
    Jwt,

    /// <summary>A user and a password.</summary>
    Basic,

    /// <summary>An address of a list.</summary>
    Cidr,

    /// <summary>Twilio's signature of the URL.</summary>
    TwilioSignature,

    /// <summary>A short-lived ticket of our own, in the URL.</summary>
    SignedUrl,

    /// <summary>Everybody.</summary>
    None,
}

/// <summary>The methods' words in settings.</summary>
public static class AuthMethodWords
{
    public static string Word(this AuthMethod method) => method switch
    {
        AuthMethod.Jwt => "jwt",
        AuthMethod.Basic => "basic",
        AuthMethod.Cidr => "cidr",
        AuthMethod.TwilioSignature => "twilio_signature",
        AuthMethod.SignedUrl => "signed_url",
        AuthMethod.None => "none",
    };

    public static AuthMethod? Find(string word)
    {
        foreach (var method in Enum.GetValues<AuthMethod>())
        {
            if (method.Word() == word)
            {
                return method;
            }
        }

        return null;
    }

    /// <summary>Whether a browser gets in without knowing anything, so that a foreign page could use it.</summary>
    internal static bool IsAmbient(this AuthMethod method) => method is AuthMethod.Cidr or AuthMethod.Basic or AuthMethod.None;
}
