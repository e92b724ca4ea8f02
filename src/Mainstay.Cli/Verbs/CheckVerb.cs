using System.Collections.Immutable;
using Mainstay.Cli.Manifest;
using Mainstay.Cli.Output;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Preflight;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;
using Mainstay.Spec.Validation;

namespace Mainstay.Cli.Verbs;

/// <summary><c>check</c>: everything that is wrong, at once. Asks no daemon and changes nothing.</summary>
internal static class CheckVerb
{
    public static Task<int> RunAsync(VerbContext context, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var result = ManifestFile.Read(context.NamedManifest, context.Host).Result;
        var (problems, notices) = Examine(context, result);
        var layers = result.Stack is { } stack ? StartLayers.Of(stack) : [];
        var ok = !problems.Any(p => p.Severity is Severity.Error);
        Show(context.Screen, new(ok, layers, problems), notices);
        return Task.FromResult((int)(ok ? ExitCode.Done : ExitCode.Problems));
    }

    /// <summary>What is wrong with the manifest, and with the host for as much of it as could be read.</summary>
    public static (ImmutableArray<Problem> Problems, ImmutableArray<string> Notices) Examine(VerbContext context, ManifestResult result)
    {
        var host = result.Readable is { } readable ? PreflightCheck.Run(readable, HostOf(context)) : null;
        return ([.. ReportText.Sorted(host is null ? result.Problems : result.Problems.AddRange(host.Problems))], host?.Notices ?? []);
    }

    private static PreflightHost HostOf(VerbContext context) =>
        new(context.Home, new LinuxHostFacts(context.Host.Environment.GetValueOrDefault("PATH") ?? ""), context.Host.Time.GetUtcNow()) { Settings = context.Host.Settings };

    private static void Show(Screen screen, CheckDocument check, ImmutableArray<string> notices)
    {
        if (screen.Json)
        {
            screen.Document(check, WireJson.Default.CheckDocument);
            return;
        }

        screen.Lines(ReportText.Of(check.Problems, screen.Colours));
        screen.Lines(notices.Select(notice => $"{screen.Colours.Warn("notice:")} {notice}"));
        screen.Line(Verdict(check, screen.Colours));
    }

    private static string Verdict(CheckDocument check, Palette colours)
    {
        var errors = check.Problems.Count(p => p.Severity is Severity.Error);
        var warnings = check.Problems.Length - errors;
        var also = warnings == 0 ? "" : $", {Words.Count(warnings, "warning")}";
        return check.Ok
            ? $"{colours.Good("ok")}: {Words.Count(check.Layers.Sum(l => l.Length), "service")} in {Words.Count(check.Layers.Length, "layer")}{also}: {Layers(check.Layers)}"
            : $"{colours.Bad("refused")}: {Words.Count(errors, "error")}{also}";
    }

    /// <summary>As they start: <c>db, redis -> api -> web</c>.</summary>
    private static string Layers(ImmutableArray<ImmutableArray<ServiceName>> layers) => string.Join(" -> ", layers.Select(layer => string.Join(", ", layer)));
}
