using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth;

/// <summary>A policy as read, or everything that is wrong with the settings.</summary>
/// <param name="Policy">Null if there is a problem: a policy with a fault in it is not to be used by mistake.</param>
/// <param name="Problems">All of them at once.</param>
public sealed record AuthReading(AuthPolicy? Policy, ImmutableArray<AuthProblem> Problems);

/// <summary>Reads a policy from the environment. Files that it names are read once, here; of those, only a JWKS file is looked at again later.</summary>
public static class AuthPolicyReader
{
    /// <summary>The policy of a route that says its methods in a variable of its own; everything else it has in common with the other routes. Without that variable there is no policy, and nothing is opened.</summary>
    public static AuthReading? ReadOf(string variable, IReadOnlyDictionary<string, string> environment, string route)
    {
        if (new SettingsText(environment).Text(variable) is not { } methods)
        {
            return null;
        }

        var reading = Read(new Dictionary<string, string>(environment, StringComparer.Ordinal) { [AuthVariables.Methods] = methods }, route);
        return reading with { Problems = [.. reading.Problems.Select(p => p.Variable == AuthVariables.Methods ? p with { Variable = variable } : p)] };
    }

    /// <param name="environment">Names and values.</param>
    /// <param name="route">The route's path, to which signed URLs are bound.</param>
    public static AuthReading Read(IReadOnlyDictionary<string, string> environment, string route)
    {
        var settings = new SettingsText(environment);
        var methods = ReadMethods(settings);
        var (addresses, asMethod) = (ReadAddresses(settings), methods.Contains(AuthMethod.Cidr));
        var policy = new AuthPolicy
        {
            Methods = methods,
            Jwt = methods.Contains(AuthMethod.Jwt) ? JwtSettingsReader.Read(settings) : null,
            Basic = methods.Contains(AuthMethod.Basic) ? ReadPairs(settings) : [],
            Addresses = asMethod && addresses is not null ? addresses : AddressList.Empty,
            OnlyFrom = asMethod ? null : addresses,
            Twilio = methods.Contains(AuthMethod.TwilioSignature) ? ReadTwilio(settings) : null,
            SignedUrl = settings.Secret(AuthVariables.SigningKey) is { } key ? new(route.TrimEnd('/'), key, settings.Secret(AuthVariables.PreviousSigningKey)) : null,
            Origins = ReadOrigins(settings),
        };

        // What could not be read is missing in the policy, too; one fault is said once.
        var read = settings.Problems.Select(p => p.Variable).ToHashSet(StringComparer.Ordinal);
        var problems = settings.Problems.Concat(policy.Check().Where(p => !read.Contains(p.Variable) && !IsEcho(p, read))).ToImmutableArray();
        return new(problems.IsEmpty ? policy : null, problems);
    }

    /// <summary>"No key at all" says nothing new when one was given and could not be read.</summary>
    private static bool IsEcho(AuthProblem problem, HashSet<string> read) =>
        problem.Variable is AuthVariables.PublicKey or AuthVariables.Algorithms && (read.Contains(AuthVariables.Jwks) || read.Contains(AuthVariables.JwtSecret) || read.Contains(AuthVariables.PublicKey));

    private static ImmutableArray<AuthMethod> ReadMethods(SettingsText settings)
    {
        var words = settings.List(AuthVariables.Methods);
        if (words.IsEmpty)
        {
            // The settings of the service that this one replaces say only a key; that is a wish for tokens, and nothing is opened by it.
            var saysJwt = settings.Text(AuthVariables.PublicKey) ?? settings.Text(AuthVariables.Jwks) ?? settings.Text(AuthVariables.JwtSecret);
            return saysJwt is null ? [] : [AuthMethod.Jwt];
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (AuthMethodWords.Find(words[i]) is null)
            {
                settings.Add(AuthVariables.Methods, $"has an entry {i + 1} that is no method", $"take from {AuthVariables.Words}");
            }
        }

        return [.. words.Select(AuthMethodWords.Find).OfType<AuthMethod>().Distinct()];
    }

    private static AddressList? ReadAddresses(SettingsText settings)
    {
        if (settings.Text(AuthVariables.Addresses) is null)
        {
            return null;
        }

        var (list, unreadable) = AddressList.Parse(settings.List(AuthVariables.Addresses));
        foreach (var number in unreadable)
        {
            settings.Add(AuthVariables.Addresses, $"has an entry {number} that is neither an address nor a prefix without bits behind it", "write e.g. 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32");
        }

        return list;
    }

    private static ImmutableArray<BasicPair> ReadPairs(SettingsText settings)
    {
        var pairs = ImmutableArray.CreateBuilder<BasicPair>();
        var number = 0;
        foreach (var entry in settings.List(AuthVariables.Basic))
        {
            number++;
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || colon == entry.Length - 1)
            {
                settings.Add(AuthVariables.Basic, $"has an entry {number} that is not user:password", "write user, a colon and a password without commas");
            }
            else if (!Identity.IsName(entry[..colon]))
            {
                settings.Add(AuthVariables.Basic, $"has an entry {number} whose user is longer than {Identity.MaxNameLength} characters or has control characters", "take a plain name");
            }
            else
            {
                pairs.Add(new(entry[..colon], entry[(colon + 1)..]));
            }
        }

        return pairs.ToImmutable();
    }

    private static TwilioSettings ReadTwilio(SettingsText settings)
    {
        var url = settings.Text(AuthVariables.PublicUrl);
        var canonical = url is null ? "" : PublicUrl(url);
        if (canonical is null)
        {
            settings.Add(AuthVariables.PublicUrl, "is not a URL of scheme wss or https with nothing behind its path", "write e.g. wss://voice.example.com");
        }

        return new(settings.Secret(AuthVariables.TwilioToken) ?? new([]), canonical ?? "");
    }

    /// <summary>With the scheme that is signed, and otherwise to the letter: Twilio signs what it was told to dial, not what a parser makes of it.</summary>
    private static string? PublicUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "wss" or "http" or "ws") || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var scheme = uri.Scheme is "https" or "wss" ? "wss" : "ws";
        return scheme + text[text.IndexOf(':', StringComparison.Ordinal)..].TrimEnd('/');
    }

    private static OriginRule ReadOrigins(SettingsText settings)
    {
        var origins = ImmutableArray.CreateBuilder<string>();
        var number = 0;
        foreach (var entry in settings.List(AuthVariables.Origins))
        {
            number++;
            if (OriginRule.Canonical(entry) is { } origin)
            {
                origins.Add(origin);
            }
            else
            {
                settings.Add(AuthVariables.Origins, $"has an entry {number} that is not scheme, host and port", "write e.g. https://app.example.com; there are no wildcards");
            }
        }

        var required = settings.Flag(AuthVariables.RequireOrigin, otherwise: false);
        if (required && settings.Text(AuthVariables.Origins) is null)
        {
            settings.Add(AuthVariables.RequireOrigin, $"is set without {AuthVariables.Origins}, so that nobody could connect", $"set {AuthVariables.Origins}, or unset it");
        }

        return new(origins.ToImmutable(), required);
    }
}
