using System.Collections.Immutable;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>Kill switches as people read them.</summary>
internal static class SwitchText
{
    private static readonly Column[] Columns = [new("SWITCH"), new("STATE"), new("DEFAULT", Dispensable: 2), new("UNTIL", Dispensable: 1)];

    public static List<string> Render(ImmutableArray<SwitchStatus> switches, Moments moments, int width, Palette palette)
    {
        if (switches.IsEmpty)
        {
            return ["no switches; the manifest declares them under \"switches\""];
        }

        var table = new TextTable(Columns, "BECAUSE");
        foreach (var one in switches)
        {
            table.Add(
                [one.Name, new(Word(one.On), one.On ? null : palette.Warn), Word(one.Default), one.Until is { } until ? moments.When(until) : "-"],
                Because(one, moments));
        }

        return table.Render(width, palette);
    }

    /// <summary>For the status: only what is not as the manifest has it, or off.</summary>
    public static IEnumerable<string> Unusual(ImmutableArray<SwitchStatus> switches, Moments moments) => switches
        .Where(s => !s.On || s.On != s.Default)
        .Select(s => $"switch {s.Name} is {Word(s.On)}{(s.Until is { } until ? $" until {moments.When(until)}" : "")}: {Because(s, moments)}");

    private static string Because(SwitchStatus one, Moments moments) => one.By is null
        ? one.Description.Length > 0 ? $"as the manifest has it; {one.Description}" : "as the manifest has it"
        : $"{Harmless.Text(one.Reason ?? "no reason was given", colours: false)} ({Harmless.Text(one.By, colours: false)}{(one.Since is { } since ? $", {moments.When(since)}" : "")})";

    private static string Word(bool on) => on ? "on" : "off";
}
