using System.Globalization;

namespace Mainstay.Realtime.Simulator;

/// <summary>What to simulate.</summary>
/// <param name="Dialect">native, exotel or twilio.</param>
/// <param name="Authorization">The header's value; null: none.</param>
internal sealed record SimulatorOptions(string Dialect, Uri Url, int Calls, TimeSpan Length, string? Authorization, bool AsJson)
{
    public const string Usage = """
        usage: mainstay realtime sim exotel|twilio|native --url ws://HOST/PATH [--calls 20] [--seconds 30] [--token JWT | --basic USER:PASSWORD] [--json]
          --calls      calls at the same time, 1 to 1000
          --seconds    how long each talks, 1 to 14400
        It exits with 0 when no call was cut, and with 1 when one was.
        """;

    private const int MaxCalls = 1000;
    private const int MaxSeconds = 14_400;

    /// <returns>The options; or what is wrong with the arguments, in one sentence.</returns>
    public static (SimulatorOptions? Options, string Fault) Read(IReadOnlyList<string> args)
    {
        if (args is not [("exotel" or "twilio" or "native") and var dialect, ..])
        {
            return (null, "the first argument must be exotel, twilio or native");
        }

        Uri? url = null;
        var (calls, seconds, authorization, asJson) = (20, 30, (string?)null, false);
        for (var i = 1; i < args.Count; i++)
        {
            if (args[i] == "--json")
            {
                asJson = true;
                continue;
            }

            if (i + 1 == args.Count)
            {
                return (null, $"{args[i]} must have a value behind it");
            }

            var value = args[++i];
            switch (args[i - 1])
            {
                case "--url" when Uri.TryCreate(value, UriKind.Absolute, out url) && url.Scheme is "ws" or "wss":
                case "--calls" when IsNumber(value, MaxCalls, out calls):
                case "--seconds" when IsNumber(value, MaxSeconds, out seconds):
                    break;
                case "--url":
                    return (null, "--url must be a URL that begins with ws:// or wss://");
                case "--calls":
                    return (null, "--calls must be a number from 1 to 1000");
                case "--seconds":
                    return (null, "--seconds must be a number from 1 to 14400");
                case "--token":
                    authorization = $"Bearer {value}";
                    break;
                case "--basic" when value.Contains(':', StringComparison.Ordinal):
                    authorization = $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value))}";
                    break;
                case "--basic":
                    return (null, "--basic must be user:password");
                case var other:
                    return (null, $"{other} is not known");
            }
        }

        return url is null ? (null, "--url is missing") : (new(dialect, url, calls, TimeSpan.FromSeconds(seconds), authorization, asJson), "");
    }

    private static bool IsNumber(string text, int max, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
}
