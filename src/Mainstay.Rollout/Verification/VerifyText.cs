using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Verification;

/// <summary>The texts of a question, which may name the commit and the release that are being deployed.</summary>
internal static class VerifyText
{
    /// <summary>Puts them in for <c>$MAINSTAY_COMMIT</c> and <c>$MAINSTAY_RELEASE</c>. A command finds them in its environment instead.</summary>
    public static VerifySpec Filled(VerifySpec verify, string commit, string release)
    {
        return verify with { Probe = verify.Probe is HttpProbeSpec http ? Fill(http) : verify.Probe };

        HttpProbeSpec Fill(HttpProbeSpec probe) => probe with
        {
            Path = Put(probe.Path),
            Headers = Values(probe.Headers),
            Expect = probe.Expect with { Json = Values(probe.Expect.Json), BodyContains = probe.Expect.BodyContains is { } text ? Put(text) : null },
        };

        ImmutableSortedDictionary<string, string> Values(ImmutableSortedDictionary<string, string> map) =>
            map.SetItems(map.Select(e => new KeyValuePair<string, string>(e.Key, Put(e.Value))));

        string Put(string text) => text.Replace("$MAINSTAY_COMMIT", commit, StringComparison.Ordinal).Replace("$MAINSTAY_RELEASE", release, StringComparison.Ordinal);
    }

    public static string Name(VerifySpec verify) => verify.Probe switch
    {
        HttpProbeSpec http => $"GET {http.Path}",
        CommandProbeSpec command => Building.CommandText.Of(command.Command),
        _ => verify.Probe.GetType().Name,
    };
}
