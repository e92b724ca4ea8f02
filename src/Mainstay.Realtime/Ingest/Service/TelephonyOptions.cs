using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Spec.Parsing;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>The settings of the carriers' routes.</summary>
internal sealed record TelephonyOptions
{
    /// <summary>The routes that exist, each with who may connect to it.</summary>
    public ImmutableArray<(Dialect Dialect, AuthPolicy Policy)> Routes { get; init; } = [];

    /// <summary>Null: the carrier's account.</summary>
    public string? Tenant { get; init; }

    /// <summary>Exotel may connect to the native route, too.</summary>
    public bool ExotelAtRoot { get; init; }

    /// <summary>Of Exotel's calls; others tell when a call is over, and are silent when it is on hold.</summary>
    public TimeSpan ExotelIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a process that ends waits for its calls.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Opens the routes by which calls are spoken to; null: they do not exist.</summary>
    public Secret? CallsToken { get; init; }

    /// <summary>How carriers name this server, with the scheme wss or ws; null: nobody said.</summary>
    public string? PublicUrl { get; init; }

    /// <param name="complete">With all defaults; numbers and durations have been checked.</param>
    public static (TelephonyOptions Options, ImmutableArray<AuthProblem> Problems) Read(IReadOnlyDictionary<string, string> complete)
    {
        var routes = ImmutableArray.CreateBuilder<(Dialect, AuthPolicy)>();
        var problems = ImmutableArray.CreateBuilder<AuthProblem>();
        foreach (var dialect in Dialect.All)
        {
            if (AuthPolicyReader.ReadOf(dialect.AuthVariable, complete, dialect.Route) is not { } reading)
            {
                continue;
            }

            problems.AddRange(reading.Problems);
            if (reading.Policy is { } policy)
            {
                routes.Add((dialect, policy));
            }
        }

        var atRoot = Flag(complete, "SUPPORT_EXOTEL") || Flag(complete, "EXO_BRIDGE_ENABLED");
        if (atRoot && string.IsNullOrWhiteSpace(complete.GetValueOrDefault(Dialect.Exotel.AuthVariable)))
        {
            problems.Add(new(
                Flag(complete, "SUPPORT_EXOTEL") ? "SUPPORT_EXOTEL" : "EXO_BRIDGE_ENABLED", $"is set without {Dialect.Exotel.AuthVariable}, so that nobody knows who Exotel is",
                $"set {Dialect.Exotel.AuthVariable} to basic, cidr or signed_url"));
        }

        return (new TelephonyOptions
        {
            Routes = routes.ToImmutable(),
            Tenant = complete.GetValueOrDefault("TELEPHONY_TENANT") is { Length: > 0 } tenant ? tenant : null,
            ExotelAtRoot = atRoot,
            CallsToken = complete.GetValueOrDefault("CALLS_TOKEN") is { Length: > 0 } token ? Secret.OfText(token) : null,
            PublicUrl = complete.GetValueOrDefault(AuthVariables.PublicUrl) is { Length: > 0 } url ? Regex.Replace(url.Trim().TrimEnd('/'), "^http", "ws") : null,
            ExotelIdle = TimeSpan.FromSeconds(int.TryParse(complete.GetValueOrDefault("EXO_IDLE_CLOSE_S"), NumberStyles.None, CultureInfo.InvariantCulture, out var idle) ? idle : 10),
            Drain = DurationText.TryParse(complete.GetValueOrDefault("CALL_DRAIN", "60m"), out var drain) ? drain : TimeSpan.FromMinutes(60),
        }, problems.ToImmutable());
    }

    private static bool Flag(IReadOnlyDictionary<string, string> complete, string name) => bool.TryParse(complete.GetValueOrDefault(name), out var flag) && flag;
}
